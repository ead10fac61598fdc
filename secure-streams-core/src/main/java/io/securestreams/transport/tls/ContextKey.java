package io.securestreams.transport.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.KeyMatch;
import io.securestreams.policy.TrustStore;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.VirtualHost;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS context is made of: with an equal key there is no need for another one.
 */
sealed interface ContextKey {

	/**
	 * Makes the context.
	 * @param choices what holds for all
	 * @param owner who needs it, for messages
	 * @return the context
	 * @throws SecureStreamsException if what it is made of cannot be used
	 */
	SslContext make(Choices choices, String owner);

	/** Protocol names to offer or to choose from, in order of preference. */
	List<String> alpn();

	/**
	 * What holds for all contexts.
	 *
	 * @param provider who implements TLS
	 * @param legacyPeers whether peers may have certificates that RFC 9325 section 4.5
	 * forbids
	 */
	record Choices(SslProvider provider, boolean legacyPeers) {

		private static final String[] PROTOCOLS = { "TLSv1.3", "TLSv1.2" };

		/** After a while peers are verified again instead of resuming a session. */
		private static final long SESSION_SECONDS = 3600;

		private SslContext finish(SslContextBuilder builder, ContextKey key) throws SSLException {
			builder.sslProvider(this.provider).protocols(PROTOCOLS).sessionTimeout(SESSION_SECONDS);
			if (!key.alpn().isEmpty()) {
				builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
						ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
						ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, key.alpn()));
			}
			return builder.build();
		}

	}

	/**
	 * Of a client.
	 *
	 * @param trustStore the policy's
	 * @param platform trust where the policy names none
	 * @param identity its own, if it has one
	 * @param alpn protocol names to offer
	 */
	record Client(@Nullable TrustStore trustStore, @Nullable TrustManagerFactory platform,
			@Nullable KeyManagerFactory identity, List<String> alpn) implements ContextKey {

		@Override
		public SslContext make(Choices choices, String owner) {
			try {
				SslContextBuilder builder = SslContextBuilder.forClient()
					.trustManager(TrustPaths.manager(this.trustStore, this.platform, choices.legacyPeers()));
				if (this.identity != null) {
					builder.keyManager(this.identity);
				}
				return choices.finish(builder, this);
			}
			catch (GeneralSecurityException | IOException ex) {
				throw new SecureStreamsException(owner + " set-up failed: " + ex.getMessage(), ex);
			}
		}

	}

	/**
	 * Of a server streamtype.
	 *
	 * @param certificate the policy's
	 * @param key the policy's
	 * @param trustStore where issuers of the certificate are
	 * @param alpn protocol names to choose from
	 */
	record Server(CertificateEntry.X509 certificate, CertificateEntry.Key key, @Nullable TrustStore trustStore,
			List<String> alpn) implements ContextKey {

		@Override
		public SslContext make(Choices choices, String owner) {
			try {
				KeyMatch.require(this.key.key(), this.certificate.certificate().getPublicKey());
				List<X509Certificate> chain = TrustPaths.chain(this.certificate.certificate(), this.trustStore);
				return choices
					.finish(SslContextBuilder.forServer(this.key.key(), chain.toArray(new X509Certificate[0])), this);
			}
			catch (GeneralSecurityException | IOException | IllegalArgumentException ex) {
				throw new SecureStreamsException(owner + ": server_cert \"" + this.certificate.name()
						+ "\" and server_key \"" + this.key.name() + "\" cannot be used together: " + ex.getMessage(),
						ex);
			}
		}

	}

	/**
	 * Of a listener that is configured outside the policy.
	 *
	 * @param identity its own
	 * @param clientAuth whether clients have to have certificates
	 * @param alpn protocol names to choose from
	 */
	record Host(ServerIdentity identity, VirtualHost.ClientAuth clientAuth, List<String> alpn) implements ContextKey {

		@Override
		public SslContext make(Choices choices, String owner) {
			try {
				SslContextBuilder builder = SslContextBuilder.forServer(this.identity.keys())
					.clientAuth(switch (this.clientAuth) {
						case NONE -> ClientAuth.NONE;
						case WANT -> ClientAuth.OPTIONAL;
						case NEED -> ClientAuth.REQUIRE;
					});
				if (this.clientAuth != VirtualHost.ClientAuth.NONE) {
					builder.trustManager(TrustPaths.manager(null, this.identity.trust(), choices.legacyPeers()));
				}
				return choices.finish(builder, this);
			}
			catch (GeneralSecurityException | IOException | IllegalArgumentException ex) {
				throw new SecureStreamsException(owner + " cannot be used: " + ex.getMessage(), ex);
			}
		}

	}

}
