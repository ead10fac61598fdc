package io.securestreams.policy;

import org.jspecify.annotations.Nullable;

/**
 * What a streamtype says about TLS (RFC 8446).
 *
 * @param enabled whether the stream travels in TLS ({@code tls})
 * @param trustStore who is trusted to vouch for the peer ({@code tls_trust_store}), or
 * {@code null} for the platform's trust
 * @param clientCertificate index of the client certificate to present
 * ({@code client_cert}), or {@code null} for none
 * @param serverCertificate certificate a server presents ({@code server_cert}), or
 * {@code null}
 * @param serverKey key of that certificate ({@code server_key}), or {@code null}
 */
public record TlsPolicy(boolean enabled, @Nullable TrustStore trustStore, @Nullable Integer clientCertificate,
		CertificateEntry.@Nullable X509 serverCertificate, CertificateEntry.@Nullable Key serverKey) {

	/** No TLS. */
	public static final TlsPolicy NONE = new TlsPolicy(false, null, null, null, null);

	public TlsPolicy {
		if (clientCertificate != null && (clientCertificate < 0 || clientCertificate > 254)) {
			throw new IllegalArgumentException("client_cert: " + clientCertificate + " (expected: 0..254)");
		}
	}

}
