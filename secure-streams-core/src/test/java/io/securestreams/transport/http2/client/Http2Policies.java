package io.securestreams.transport.http2.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.transport.TestPki;

/**
 * Builds h2 streamtypes for tests.
 */
final class Http2Policies {

	private String method = "GET";

	private String url = "/hello";

	private HttpOutcome outcome = HttpOutcome.DEFAULT;

	private RedirectPolicy redirects = RedirectPolicy.REFUSE;

	private IdentityHeaders identity = IdentityHeaders.NONE;

	private HttpBody body = HttpBody.PLAIN;

	private boolean cookies;

	private boolean quirk;

	private boolean tolerant;

	private boolean longPoll;

	private boolean priorKnowledge = true;

	private boolean tls;

	private boolean perf;

	private RetryPolicy retry = RetryPolicy.NONE;

	private TrafficClass trafficClass = TrafficClass.NORMAL;

	private final List<MetadataDeclaration> metadata = new ArrayList<>();

	static Http2Policies get(String url) {
		return new Http2Policies().method("GET", url);
	}

	static Http2Policies post(String url) {
		return new Http2Policies().method("POST", url);
	}

	Http2Policies method(String method, String url) {
		this.method = method;
		this.url = url;
		return this;
	}

	Http2Policies expect(int status) {
		this.outcome = new HttpOutcome(status, Map.of());
		return this;
	}

	Http2Policies userState(int status, int state) {
		this.outcome = new HttpOutcome(0, Map.of(status, state));
		return this;
	}

	Http2Policies followRedirects() {
		this.redirects = new RedirectPolicy(true, false);
		return this;
	}

	Http2Policies identity(IdentityHeaders identity) {
		this.identity = identity;
		return this;
	}

	Http2Policies body(HttpBody body) {
		this.body = body;
		return this;
	}

	Http2Policies cookies() {
		this.cookies = true;
		return this;
	}

	Http2Policies longPoll(boolean quirk) {
		this.longPoll = true;
		this.quirk = quirk;
		return this;
	}

	Http2Policies tolerant() {
		this.tolerant = true;
		return this;
	}

	Http2Policies tls() {
		this.tls = true;
		this.priorKnowledge = false;
		return this;
	}

	Http2Policies noPriorKnowledge() {
		this.priorKnowledge = false;
		return this;
	}

	Http2Policies perf() {
		this.perf = true;
		return this;
	}

	Http2Policies validity(long pingMillis, long hangupMillis) {
		this.retry = new RetryPolicy("test", List.of(), 0, 0, Duration.ofMillis(pingMillis),
				Duration.ofMillis(hangupMillis));
		return this;
	}

	Http2Policies trafficClass(TrafficClass trafficClass) {
		this.trafficClass = trafficClass;
		return this;
	}

	Http2Policies metadata(String name, String entity) {
		this.metadata.add(new MetadataDeclaration(name, entity));
		return this;
	}

	StreamPolicy build() {
		HttpPolicy http = new HttpPolicy(Protocol.H2, this.method, Template.parse(this.url), this.outcome,
				this.redirects, this.identity, this.body, this.cookies,
				new Http2Policy(this.quirk, this.tolerant, this.longPoll, this.priorKnowledge), null);
		TlsPolicy tlsPolicy = this.tls
				? new TlsPolicy(true, new TrustStore("test", List.of(TestPki.CA.getCertificate())), null, null, null)
				: TlsPolicy.NONE;
		return new StreamPolicy("test", StreamPolicy.Role.CLIENT,
				new StreamPolicy.Endpoint(Template.parse("localhost"), 0, null), http, tlsPolicy,
				new Persistence(true, false, this.retry, Duration.ZERO, false), this.trafficClass, this.metadata,
				new StreamPolicy.Features(this.perf, false, false, false, "", "", null, Map.of()),
				ProxyBuffers.DEFAULTS);
	}

}
