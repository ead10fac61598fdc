package io.securestreams.transport.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.MetadataDeclaration;

/**
 * Who a client is by its certificate, which has been verified (mutual TLS). Server
 * streamtypes learn it as the metadata {@value #SUBJECT} and {@value #CERTIFICATE}, where
 * they declare these. Immutable.
 */
public final class PeerIdentity {

	/** Metadata: the subject's name as RFC 2253 writes it. */
	public static final String SUBJECT = "peer_subject";

	/** Metadata: the certificate as PEM (RFC 7468). */
	public static final String CERTIFICATE = "peer_cert";

	/** A peer without a certificate. */
	public static final PeerIdentity NONE = new PeerIdentity(null);

	private static final int PEM_LINE = 64;

	private final @Nullable X509Certificate certificate;

	private PeerIdentity(@Nullable X509Certificate certificate) {
		this.certificate = certificate;
	}

	/**
	 * Returns the identity of a connection's peer.
	 * @param channel a connection, after the TLS handshake if there is one
	 * @return {@link #NONE} without TLS, or without a certificate
	 */
	public static PeerIdentity of(Channel channel) {
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls == null) {
			return NONE;
		}
		try {
			Certificate[] chain = tls.engine().getSession().getPeerCertificates();
			return (chain.length > 0 && chain[0] instanceof X509Certificate first) ? new PeerIdentity(first) : NONE;
		}
		catch (SSLPeerUnverifiedException ex) {
			return NONE;
		}
	}

	/**
	 * Returns whom the certificate is for.
	 * @return the distinguished name, or {@code null} without a certificate
	 */
	public @Nullable String subject() {
		return (this.certificate != null) ? this.certificate.getSubjectX500Principal().getName() : null;
	}

	/**
	 * Returns the certificate.
	 * @return PEM with a line feed after each line, or {@code null} without a certificate
	 */
	public @Nullable String pem() {
		if (this.certificate == null) {
			return null;
		}
		try {
			Base64.Encoder encoder = Base64.getMimeEncoder(PEM_LINE, "\n".getBytes(StandardCharsets.US_ASCII));
			return "-----BEGIN CERTIFICATE-----\n" + encoder.encodeToString(this.certificate.getEncoded())
					+ "\n-----END CERTIFICATE-----\n";
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sets the metadata of a stream that serves one connection.
	 * @param link the stream
	 */
	public void tell(StreamLink link) {
		if (this.certificate == null) {
			return;
		}
		List<MetadataDeclaration> declared = link.policy().metadata();
		for (int i = 0; i < declared.size(); i++) {
			String value = switch (declared.get(i).name()) {
				case SUBJECT -> subject();
				case CERTIFICATE -> pem();
				default -> null;
			};
			if (value != null) {
				link.metadata().receive(i, value);
			}
		}
	}

}
