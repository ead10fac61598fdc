package io.securestreams.system.policyfetch;

import java.io.Serial;
import java.security.GeneralSecurityException;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.system.policyfetch.PolicyParts.FetchedPolicy;
import io.securestreams.system.policyfetch.PolicyStatus.Origin;
import io.securestreams.system.policyfetch.signature.PolicySignature;

/**
 * Everything that is asked of a fetched document before it is put into force.
 */
final class DocumentCheck {

	/** Most bytes of a signature, certificates included. */
	static final int MAX_SIGNATURE = 64 * 1024;

	private static final Logger log = LoggerFactory.getLogger(DocumentCheck.class);

	private final FetchRules rules;

	private final FetchSettings settings;

	DocumentCheck(FetchRules rules, FetchSettings settings) {
		this.rules = rules;
		this.settings = settings;
	}

	/**
	 * Reads a document. Takes its time.
	 * @param document the document
	 * @param origin where it comes from
	 * @return what it says
	 * @throws Refusal if its signature is not good, or it does what it may not
	 * @throws PolicyException if it is not a policy
	 */
	FetchedPolicy accept(FetchedDocument document, Origin origin) {
		verify(document);
		PolicyDocument read = PolicyJson.read(document.bytes(), FetchStreamType.POLICY, this.settings.maxSize());
		read.warnings().forEach((warning) -> log.warn("{}", warning));
		// As it is compared with what is in force
		Policy policy = FetchStreamType.prepare(read.policy());
		List<String> violations = this.rules.violations(policy);
		if (!violations.isEmpty()) {
			throw new Refusal(String.join("; ", violations));
		}
		return new FetchedPolicy(document, policy, origin);
	}

	private void verify(FetchedDocument document) {
		PolicySignature signature = this.settings.signature();
		if (signature == null) {
			return;
		}
		byte[] bytes = document.signature();
		if (bytes == null) {
			throw new Refusal("it has no signature");
		}
		try {
			signature.verify(document.bytes(), bytes);
		}
		catch (GeneralSecurityException ex) {
			throw new Refusal("its signature is not good: " + ex.getMessage());
		}
		catch (RuntimeException ex) {
			// Whom to trust is asked each time, and may not be there just now
			throw new Refusal("its signature cannot be checked: " + ex);
		}
	}

	/**
	 * Refuses what is older, where who has an old policy might have its signature too.
	 * @param fresh the new policy
	 * @param known the one before
	 */
	void requireNotOlder(Policy fresh, Policy known) {
		if (this.settings.signature() != null && FetchRules.isOlder(fresh.release(), known.release())) {
			throw new Refusal("release: \"" + fresh.release() + "\" (expected: \"" + known.release() + "\" or newer)");
		}
	}

	/**
	 * The document is not acceptable.
	 */
	static final class Refusal extends RuntimeException {

		@Serial
		private static final long serialVersionUID = 1;

		Refusal(String message) {
			super(message);
		}

	}

}
