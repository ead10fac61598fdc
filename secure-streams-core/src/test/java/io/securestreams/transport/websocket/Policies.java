package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.http.WebSocketOptions;

/**
 * Makes WebSocket streamtypes.
 */
final class Policies {

	private String url = "/chat";

	private String subprotocol = "";

	private boolean binary;

	private boolean prioritizeReads;

	private boolean deflate;

	private boolean overHttp2;

	private boolean redirects;

	private boolean cookies;

	private IdentityHeaders identity = IdentityHeaders.NONE;

	private RetryPolicy retry = RetryPolicy.NONE;

	private TlsPolicy tls = TlsPolicy.NONE;

	private final List<MetadataDeclaration> metadata = new ArrayList<>();

	static Policies client() {
		return new Policies();
	}

	Policies url(String url) {
		this.url = url;
		return this;
	}

	Policies subprotocol(String subprotocol) {
		this.subprotocol = subprotocol;
		return this;
	}

	Policies binary() {
		this.binary = true;
		return this;
	}

	Policies prioritizeReads() {
		this.prioritizeReads = true;
		return this;
	}

	Policies overHttp2() {
		this.overHttp2 = true;
		return this;
	}

	Policies deflate() {
		this.deflate = true;
		return this;
	}

	Policies redirects() {
		this.redirects = true;
		return this;
	}

	Policies cookies() {
		this.cookies = true;
		return this;
	}

	Policies identity(IdentityHeaders identity) {
		this.identity = identity;
		return this;
	}

	Policies validity(Duration ping, Duration hangup) {
		this.retry = new RetryPolicy("test", List.of(), 0, 0, ping, hangup);
		return this;
	}

	Policies tls(TlsPolicy tls) {
		this.tls = tls;
		return this;
	}

	Policies metadata(String name, String header) {
		this.metadata.add(new MetadataDeclaration(name, header));
		return this;
	}

	StreamPolicy build() {
		HttpPolicy handshake = new HttpPolicy(Protocol.H1, "GET", Template.parse(this.url), HttpOutcome.DEFAULT,
				new RedirectPolicy(this.redirects, false), this.identity, HttpBody.PLAIN, this.cookies,
				Http2Policy.DEFAULT, null);
		return new StreamPolicy("test", StreamPolicy.Role.CLIENT,
				new StreamPolicy.Endpoint(Template.parse("127.0.0.1"), 0, null),
				new WebSocketPolicy(handshake,
						new WebSocketOptions(this.subprotocol, this.binary, this.prioritizeReads, this.deflate,
								this.overHttp2)),
				this.tls, new Persistence(false, false, this.retry, Duration.ZERO, false), TrafficClass.NORMAL,
				this.metadata, StreamPolicy.Features.NONE, ProxyBuffers.DEFAULTS);
	}

}
