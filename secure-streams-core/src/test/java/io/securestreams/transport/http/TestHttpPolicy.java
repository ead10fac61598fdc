package io.securestreams.transport.http;

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
import io.securestreams.policy.StreamPolicy.Endpoint;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * HTTP streamtypes for tests.
 */
public final class TestHttpPolicy {

	private String name = "test";

	private Endpoint endpoint = new Endpoint(Template.parse("127.0.0.1"), 0, null);

	private Role role = Role.CLIENT;

	private Protocol protocol = Protocol.H1;

	private String method = "GET";

	private String url = "/";

	private HttpOutcome outcome = HttpOutcome.DEFAULT;

	private Http2Policy http2 = Http2Policy.DEFAULT;

	private RedirectPolicy redirects = RedirectPolicy.REFUSE;

	private IdentityHeaders identity = IdentityHeaders.NONE;

	private HttpBody body = HttpBody.PLAIN;

	private boolean cookies;

	private TlsPolicy tls = TlsPolicy.NONE;

	private RetryPolicy retry = RetryPolicy.NONE;

	private Features features = Features.NONE;

	private @Nullable WebSocketOptions upgrade;

	private final List<MetadataDeclaration> metadata = new ArrayList<>();

	private TestHttpPolicy() {
	}

	public static TestHttpPolicy client() {
		return new TestHttpPolicy();
	}

	public static TestHttpPolicy get(String url) {
		return new TestHttpPolicy().url(url);
	}

	public static TestHttpPolicy post(String url) {
		return new TestHttpPolicy().url(url).method("POST");
	}

	public static TestHttpPolicy server() {
		TestHttpPolicy policy = new TestHttpPolicy();
		policy.role = Role.SERVER;
		return policy;
	}

	public TestHttpPolicy name(String value) {
		this.name = value;
		return this;
	}

	public TestHttpPolicy upgrade(WebSocketOptions value) {
		this.upgrade = value;
		return this;
	}

	public TestHttpPolicy endpoint(String address, int port) {
		this.endpoint = new Endpoint(Template.parse(address), port, null);
		return this;
	}

	public TestHttpPolicy protocol(Protocol value) {
		this.protocol = value;
		return this;
	}

	public TestHttpPolicy method(String value) {
		this.method = value;
		return this;
	}

	public TestHttpPolicy url(String value) {
		this.url = value;
		return this;
	}

	/** HTTP/2 without TLS, as its peer is known to speak it. */
	public TestHttpPolicy http2() {
		this.protocol = Protocol.H2;
		this.http2 = new Http2Policy(false, false, false, true);
		return this;
	}

	public TestHttpPolicy longPoll() {
		this.http2 = new Http2Policy(false, false, true, false);
		return this;
	}

	public TestHttpPolicy expect(int status) {
		this.outcome = new HttpOutcome(status, this.outcome.userStates());
		return this;
	}

	public TestHttpPolicy userStates(Map<Integer, Integer> states) {
		this.outcome = new HttpOutcome(this.outcome.expect(), states);
		return this;
	}

	public TestHttpPolicy redirects(boolean follow) {
		this.redirects = new RedirectPolicy(follow, false);
		return this;
	}

	public TestHttpPolicy identity(IdentityHeaders value) {
		this.identity = value;
		return this;
	}

	public TestHttpPolicy body(HttpBody value) {
		this.body = value;
		return this;
	}

	public TestHttpPolicy cookies() {
		this.cookies = true;
		return this;
	}

	public TestHttpPolicy tls(TlsPolicy value) {
		this.tls = value;
		return this;
	}

	public TestHttpPolicy retry(RetryPolicy value) {
		this.retry = value;
		return this;
	}

	public TestHttpPolicy direct() {
		this.features = new Features(false, true, false, false, "", "", null, Map.of());
		return this;
	}

	public TestHttpPolicy perf() {
		this.features = new Features(true, false, false, false, "", "", null, Map.of());
		return this;
	}

	public TestHttpPolicy rideshare(String streamType) {
		this.features = new Features(false, false, false, false, "", streamType, null, Map.of());
		return this;
	}

	public TestHttpPolicy metadata(String name, String entity) {
		this.metadata.add(new MetadataDeclaration(name, entity));
		return this;
	}

	public StreamPolicy build() {
		return new StreamPolicy(this.name, this.role, this.endpoint,
				new HttpPolicy(this.protocol, this.method, Template.parse(this.url), this.outcome, this.redirects,
						this.identity, this.body, this.cookies, this.http2, this.upgrade),
				this.tls, new Persistence(true, false, this.retry, Duration.ZERO, false), TrafficClass.NORMAL,
				this.metadata, this.features, ProxyBuffers.DEFAULTS);
	}

}
