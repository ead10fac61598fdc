package io.securestreams.policy.json;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.json.PolicyProblem.Severity;
import io.securestreams.policy.json.table.Definitions;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.JsonText;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Problems.Finding;
import io.securestreams.policy.json.text.Quoted;
import io.securestreams.policy.json.text.SourceText;
import io.securestreams.policy.json.text.TrailingCommas;
import org.jspecify.annotations.Nullable;

/**
 * Reads one document, a policy or an overlay, and knows what it has defined so far.
 */
final class DocumentReader implements DocumentContext {

	private final SourceText source;

	private final Problems problems;

	private final Instant now;

	private final Policy base;

	private final Definitions<RetryPolicy> retries;

	private final Definitions<CertificateEntry> certificates;

	private final Definitions<TrustStore> trustStores;

	private final Definitions<AuthScheme> auth;

	private final Definitions<StreamPolicy> streamTypes;

	private final AuthSection authSection = new AuthSection();

	private final MetricsSection metrics = new MetricsSection();

	private final StreamSection streams = new StreamSection();

	private DocumentReader(SourceText source, Problems problems, Instant now, Policy base) {
		this.source = source;
		this.problems = problems;
		this.now = now;
		this.base = base;
		this.retries = new Definitions<>("retry", base.retries());
		this.certificates = new Definitions<>("certs", base.certificates());
		this.trustStores = new Definitions<>("trust_stores", base.trustStores());
		this.auth = new Definitions<>("auth", base.auth());
		this.streamTypes = new Definitions<>("s", base.streamTypes());
	}

	/**
	 * Reads a document.
	 * @param source its text
	 * @param base the policy that it overlays, or {@code null}
	 * @param clock tells which certificates have expired
	 * @throws PolicyException if anything is wrong with it
	 */
	static PolicyDocument read(SourceText source, @Nullable Policy base, Clock clock) {
		Problems problems = new Problems(source);
		Policy policy = read(source, problems, base, clock);
		if (problems.isMalformed() && !source.trailingCommas()) {
			Problems loose = new Problems(source);
			if (TrailingCommas.report(source, loose)) {
				source.allowTrailingCommas();
				problems = loose;
				policy = read(source, problems, base, clock);
			}
		}
		if (problems.errorCount() > 0) {
			throw new PolicyException(located(problems.all(), source));
		}
		return new PolicyDocument(policy, located(problems.warnings(), source));
	}

	static List<PolicyProblem> located(List<Finding> findings, SourceText source) {
		return findings.stream()
			.map((each) -> new PolicyProblem(each.error() ? Severity.ERROR : Severity.WARNING, source.name(),
					each.path(), each.line(), each.column(), each.message(), each.expected()))
			.toList();
	}

	private static Policy read(SourceText source, Problems problems, @Nullable Policy base, Clock clock) {
		return new DocumentReader(source, problems, clock.instant(), (base != null) ? base : Policy.EMPTY)
			.policy(base != null);
	}

	private Policy policy(boolean overlay) {
		Draft draft = new Draft(DocumentKeys.TABLE, 0);
		JsonText.forEachMember(this.source, this.problems, (member) -> DocumentKeys.TABLE.read(member, draft, this));
		this.authSection.lint(this);
		this.streams.checkRideshares(this);
		if (overlay) {
			lintOverlay(draft);
			return policy(this.base.release(), this.base.product(), this.base.schemaVersion(), this.base.socks5(),
					this.base.metrics());
		}
		return policy(draft.get(DocumentKeys.RELEASE), draft.get(DocumentKeys.PRODUCT), draft.get(DocumentKeys.SCHEMA),
				draft.find(DocumentKeys.VIA_SOCKS5), this.metrics.policies());
	}

	private Policy policy(String release, String product, int schemaVersion, @Nullable Socks5Proxy socks5,
			List<MetricsPolicy> metrics) {
		return new Policy(release, product, schemaVersion, socks5, this.retries.values(), this.certificates.values(),
				this.trustStores.values(), this.auth.values(), metrics, this.streamTypes.values());
	}

	private void lintOverlay(Draft draft) {
		for (Key<?> key : List.of(DocumentKeys.RELEASE, DocumentKeys.PRODUCT, DocumentKeys.VIA_SOCKS5,
				DocumentKeys.METRICS)) {
			if (draft.isGiven(key)) {
				this.problems.warning(draft.place(key), Quoted.of(key.name()) + " has no effect in an overlay",
						"streamtypes, and what they refer to");
			}
		}
		this.retries.lintRedefinitions(this.problems);
		this.certificates.lintRedefinitions(this.problems);
		this.trustStores.lintRedefinitions(this.problems);
		this.auth.lintRedefinitions(this.problems);
	}

	@Override
	public Problems problems() {
		return this.problems;
	}

	@Override
	public SourceText source() {
		return this.source;
	}

	@Override
	public Instant now() {
		return this.now;
	}

	@Override
	public Definitions<RetryPolicy> retries() {
		return this.retries;
	}

	@Override
	public Definitions<CertificateEntry> certificates() {
		return this.certificates;
	}

	@Override
	public Definitions<TrustStore> trustStores() {
		return this.trustStores;
	}

	@Override
	public Definitions<AuthScheme> auth() {
		return this.auth;
	}

	AuthSection authSection() {
		return this.authSection;
	}

	MetricsSection metrics() {
		return this.metrics;
	}

	StreamSection streams() {
		return this.streams;
	}

	@Override
	public Definitions<StreamPolicy> streamTypes() {
		return this.streamTypes;
	}

}
