package io.securestreams.transport;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.TrustStore;

/**
 * Raw streamtypes for tests.
 */
public final class TestPolicies {

	private TestPolicies() {
	}

	public static StreamPolicy client() {
		return make(StreamPolicy.Role.CLIENT, "", 0, TlsPolicy.NONE, RetryPolicy.NONE, TrafficClass.NORMAL);
	}

	public static StreamPolicy client(TlsPolicy tls) {
		return make(StreamPolicy.Role.CLIENT, "", 0, tls, RetryPolicy.NONE, TrafficClass.NORMAL);
	}

	public static StreamPolicy client(RetryPolicy retry) {
		return make(StreamPolicy.Role.CLIENT, "", 0, TlsPolicy.NONE, retry, TrafficClass.NORMAL);
	}

	public static StreamPolicy client(TrafficClass marks) {
		return make(StreamPolicy.Role.CLIENT, "", 0, TlsPolicy.NONE, RetryPolicy.NONE, marks);
	}

	public static StreamPolicy server(String endpoint) {
		return server(endpoint, 0, TlsPolicy.NONE);
	}

	public static StreamPolicy server(String endpoint, int port, TlsPolicy tls) {
		return make(StreamPolicy.Role.SERVER, endpoint, port, tls, RetryPolicy.NONE, TrafficClass.NORMAL);
	}

	public static RetryPolicy hangup(Duration hangup) {
		return new RetryPolicy("test", List.of(), 0, 0, Duration.ZERO, hangup);
	}

	public static TlsPolicy trusting(X509Certificate... anchors) {
		return trusting(null, anchors);
	}

	public static TlsPolicy trusting(@Nullable Integer clientCertificate, X509Certificate... anchors) {
		return new TlsPolicy(true, new TrustStore("test-trust", List.of(anchors)), clientCertificate, null, null);
	}

	public static TlsPolicy serving(X509Bundle bundle, X509Certificate... issuers) {
		return new TlsPolicy(true, (issuers.length > 0) ? new TrustStore("issuers", List.of(issuers)) : null, null,
				new CertificateEntry.X509("server-cert", bundle.getCertificate()),
				new CertificateEntry.Key("server-key", bundle.getKeyPair().getPrivate()));
	}

	private static StreamPolicy make(StreamPolicy.Role role, String endpoint, int port, TlsPolicy tls,
			RetryPolicy retry, TrafficClass marks) {
		return new StreamPolicy("test", role, new StreamPolicy.Endpoint(Template.parse(endpoint), port, null),
				new RawPolicy(), tls, new Persistence(false, false, retry, Duration.ZERO, false), marks, List.of(),
				StreamPolicy.Features.NONE, ProxyBuffers.DEFAULTS);
	}

}
