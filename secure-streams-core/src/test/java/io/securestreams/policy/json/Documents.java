package io.securestreams.policy.json;

import java.util.List;

import io.securestreams.policy.StreamPolicy;
import org.assertj.core.api.Assertions;

/**
 * Short ways to write and read documents.
 */
public final class Documents {

	/** What a client needs, so that nothing is said about it. */
	public static final String CLIENT = "\"endpoint\": \"example.com\", \"port\": 80, ";

	/** Sections that streamtypes may refer to. */
	public static final String SECTIONS = """
			"retry": [ { "slow": { "backoff": [ 60000 ], "conceal": 1, "jitterpc": 10 } } ],
			"certs": [ { "ca": "%s" }, { "leaf": "%s" }, { "leaf-key": "%s" } ],
			"trust_stores": [ { "name": "mine", "stack": [ "ca" ] } ],
			"auth": [ { "name": "aws", "type": "sigv4", "blob": 1 } ],
			""".formatted(TestCertificates.base64(TestCertificates.RSA), TestCertificates.base64(TestCertificates.EC),
			TestCertificates.base64(TestCertificates.EC.getKeyPair().getPrivate()));

	private Documents() {
	}

	/** A document with the streamtype {@code x}, which has the keys given. */
	public static String of(String keys) {
		return "{" + SECTIONS + "\"s\": [ { \"x\": {" + keys + "} } ] }";
	}

	public static StreamPolicy stream(String keys) {
		return PolicyJson.read(of(keys), "test").policy().streamType("x").orElseThrow();
	}

	/** What is suspicious about a streamtype, without source and place. */
	public static List<String> warnings(String keys) {
		return PolicyJson.read(of(keys), "test")
			.warnings()
			.stream()
			.map((problem) -> problem.message()
					+ (problem.expected().isEmpty() ? "" : " (expected: " + problem.expected() + ")"))
			.toList();
	}

	/** The problems of a document that is refused, in full. */
	public static List<String> problems(String text) {
		PolicyException refusal = Assertions.catchThrowableOfType(PolicyException.class,
				() -> PolicyJson.read(text, "test"));
		Assertions.assertThat(refusal).as("refusal of %s", text).isNotNull();
		return refusal.problems().stream().map(PolicyProblem::toString).toList();
	}

}
