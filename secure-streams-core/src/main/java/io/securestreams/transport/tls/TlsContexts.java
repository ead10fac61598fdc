package io.securestreams.transport.tls;

import java.io.IOException;
import java.net.IDN;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.KeyMatch;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.ServerIdentity;
import io.securestreams.stream.SystemBlobs;
import io.securestreams.stream.TlsIdentities;
import io.securestreams.stream.VirtualHost;
import io.securestreams.transport.loop.NumericAddress;

/**
 * TLS contexts, made when first needed and kept: TLS 1.2 and 1.3, BoringSSL through
 * netty-tcnative if that is on the class path, else the JDK. May be used from any thread.
 *
 * <p>
 * Clients verify the peer's chain against the policy's trust store and nothing else, or
 * against the platform's trust where the policy names none, and its name against the host
 * of the endpoint (RFC 9525). A unix socket has no host: there the certificate must be
 * one for {@value #UNIX_SOCKET_NAME}. Names are always sent as SNI (RFC 6066 section 3),
 * numeric addresses never.
 */
public final class TlsContexts {

	/** Name of the {@code SslHandler} in every pipeline. */
	public static final String HANDLER = "tls";

	/** Name that the certificate of a server on a unix socket has to be for. */
	public static final String UNIX_SOCKET_NAME = "localhost";

	/** Identities may be exchanged at run time; contexts of old ones are dropped. */
	private static final int MAX_CONTEXTS = 64;

	/** After a while peers are verified again instead of resuming a session. */
	private static final long SESSION_SECONDS = 3600;

	private static final String[] PROTOCOLS = { "TLSv1.3", "TLSv1.2" };

	private final TlsIdentities identities;

	private final SslProvider provider;

	private final Map<Object, SslContext> contexts = new LinkedHashMap<>(16, 0.75f, true) {
		@Override
		protected boolean removeEldestEntry(Map.Entry<Object, SslContext> eldest) {
			return size() > MAX_CONTEXTS;
		}
	};

	/**
	 * Makes contexts for the best implementation that is available.
	 * @param identities keys and trust from outside the policy
	 * @param blobs whose client certificates count where {@code identities} has none
	 */
	public TlsContexts(TlsIdentities identities, SystemBlobs blobs) {
		this(new BlobIdentities(identities, blobs), isNative() ? SslProvider.OPENSSL : SslProvider.JDK);
	}

	/**
	 * Makes contexts.
	 * @param identities keys and trust from outside the policy
	 * @param provider who implements TLS
	 */
	public TlsContexts(TlsIdentities identities, SslProvider provider) {
		this.identities = identities;
		this.provider = provider;
	}

	/**
	 * Returns the context of a client.
	 * @param policy trust and identity
	 * @param alpn protocol names to offer, in order of preference; empty for none
	 * @return a context
	 * @throws SecureStreamsException if the client certificate is missing, or key or
	 * trust cannot be used
	 */
	public SslContext client(TlsPolicy policy, List<String> alpn) {
		KeyManagerFactory identity = null;
		Integer index = policy.clientCertificate();
		if (index != null) {
			identity = this.identities.clientIdentity(index);
			if (identity == null) {
				throw new SecureStreamsException("client_cert " + index
						+ " stands for nothing (expected: a certificate and key configured for that index, or set as system blobs)");
			}
		}
		TrustStore trustStore = policy.trustStore();
		TrustManagerFactory platform = (trustStore == null) ? this.identities.platformTrust() : null;
		ClientKey key = new ClientKey(trustStore, platform, identity, List.copyOf(alpn));
		synchronized (this.contexts) {
			SslContext context = this.contexts.get(key);
			if (context == null) {
				context = makeClient(key);
				this.contexts.put(key, context);
			}
			return context;
		}
	}

	/**
	 * Returns the context of a server.
	 * @param policy a server streamtype with TLS
	 * @param alpn protocol names to choose from, in order of preference; empty for none
	 * @return a context
	 * @throws SecureStreamsException if certificate or key are missing or cannot be used
	 */
	public SslContext server(StreamPolicy policy, List<String> alpn) {
		CertificateEntry.X509 certificate = policy.tls().serverCertificate();
		CertificateEntry.Key key = policy.tls().serverKey();
		if (certificate == null || key == null) {
			throw new SecureStreamsException("streamtype \"" + policy.name() + "\" serves TLS without "
					+ ((certificate == null) ? "server_cert" : "server_key")
					+ " (expected: both \"server_cert\" and \"server_key\")");
		}
		ServerKey cacheKey = new ServerKey(certificate, key, policy.tls().trustStore(), List.copyOf(alpn));
		synchronized (this.contexts) {
			SslContext context = this.contexts.get(cacheKey);
			if (context == null) {
				context = makeServer(policy.name(), cacheKey);
				this.contexts.put(cacheKey, context);
			}
			return context;
		}
	}

	/**
	 * Returns the context of a listener that is configured outside the policy. What its
	 * identity stands for may change: ask again for each connection.
	 * @param host the listener, which has an identity
	 * @param alpn protocol names to choose from, in order of preference; empty for none
	 * @return a context
	 * @throws SecureStreamsException if there is no such identity, or it cannot be used
	 */
	public SslContext server(VirtualHost host, List<String> alpn) {
		String name = String.valueOf(host.identity());
		ServerIdentity identity = this.identities.serverIdentity(name);
		if (identity == null) {
			throw new SecureStreamsException("vhost \"" + host.name() + "\": identity \"" + name
					+ "\" stands for nothing (expected: a certificate and key configured under that name)");
		}
		if (host.clientAuth() != VirtualHost.ClientAuth.NONE && identity.trust() == null) {
			throw new SecureStreamsException("vhost \"" + host.name() + "\": identity \"" + name
					+ "\" has no trust store (expected: the issuers of client certificates)");
		}
		HostKey key = new HostKey(identity, host.clientAuth(), List.copyOf(alpn));
		synchronized (this.contexts) {
			SslContext context = this.contexts.get(key);
			if (context == null) {
				context = makeServer(host, key);
				this.contexts.put(key, context);
			}
			return context;
		}
	}

	private SslContext makeServer(VirtualHost host, HostKey key) {
		try {
			SslContextBuilder builder = SslContextBuilder.forServer(key.identity().keys())
				.clientAuth(switch (key.clientAuth()) {
					case NONE -> ClientAuth.NONE;
					case WANT -> ClientAuth.OPTIONAL;
					case NEED -> ClientAuth.REQUIRE;
				});
			if (key.clientAuth() != VirtualHost.ClientAuth.NONE) {
				builder.trustManager(trust(null, key.identity().trust()));
			}
			return finish(builder, key.alpn());
		}
		catch (GeneralSecurityException | IOException | IllegalArgumentException ex) {
			throw new SecureStreamsException("vhost \"" + host.name() + "\": identity \"" + host.identity()
					+ "\" cannot be used: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Whether BoringSSL is used instead of the JDK's TLS.
	 * @return {@code true} if netty-tcnative is usable
	 */
	public static boolean isNative() {
		return OpenSsl.isAvailable();
	}

	/**
	 * Whether data is still received after {@code closeOutbound()}. BoringSSL takes data
	 * for an error then.
	 * @param handler the handler of a connection
	 * @return {@code true} with the JDK's TLS
	 */
	public static boolean closesByHalves(SslHandler handler) {
		return !(handler.engine() instanceof ReferenceCountedOpenSslEngine);
	}

	/** Lets go of the contexts. */
	public void close() {
		synchronized (this.contexts) {
			this.contexts.clear();
		}
	}

	/**
	 * Makes the handler of one client connection.
	 * @param address whom the peer's certificate has to be for
	 * @param policy trust and identity
	 * @param alpn protocol names to offer, in order of preference; empty for none
	 * @param allocator the connection's
	 * @return a handler that has not begun
	 * @throws SecureStreamsException as {@link #client}
	 */
	public SslHandler clientHandler(Address address, TlsPolicy policy, List<String> alpn, ByteBufAllocator allocator) {
		SslContext context = client(policy, alpn);
		String host = UNIX_SOCKET_NAME;
		int port = -1;
		if (address instanceof Address.Host target) {
			host = target.host();
			port = target.port();
		}
		boolean numeric = NumericAddress.parse(host) != null;
		if (!numeric) {
			host = asciiName(host);
		}
		SslHandler handler = context.newHandler(allocator, host, port);
		SSLParameters parameters = handler.engine().getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		if (!numeric) {
			// By themselves engines leave out names without a dot
			try {
				parameters.setServerNames(List.of(new SNIHostName(host)));
			}
			catch (IllegalArgumentException ex) {
				// A name that DNS takes and TLS does not, as one with "_"
				parameters.setServerNames(List.of());
			}
		}
		handler.engine().setSSLParameters(parameters);
		return handler;
	}

	private static String asciiName(String host) {
		String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
		try {
			return IDN.toASCII(name);
		}
		catch (IllegalArgumentException ex) {
			return name;
		}
	}

	private SslContext makeClient(ClientKey key) {
		try {
			TrustManager trust = trust(key.trustStore(), key.platform());
			SslContextBuilder builder = SslContextBuilder.forClient().trustManager(trust);
			if (key.identity() != null) {
				builder.keyManager(key.identity());
			}
			return finish(builder, key.alpn());
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new SecureStreamsException("TLS client set-up failed: " + ex.getMessage(), ex);
		}
	}

	private SslContext makeServer(String streamType, ServerKey key) {
		try {
			KeyMatch.require(key.key().key(), key.certificate().certificate().getPublicKey());
			List<X509Certificate> chain = chain(key.certificate().certificate(), key.trustStore());
			return finish(SslContextBuilder.forServer(key.key().key(), chain.toArray(new X509Certificate[0])),
					key.alpn());
		}
		catch (GeneralSecurityException | IOException | IllegalArgumentException ex) {
			throw new SecureStreamsException("streamtype \"" + streamType + "\": server_cert \""
					+ key.certificate().name() + "\" and server_key \"" + key.key().name()
					+ "\" cannot be used together: " + ex.getMessage(), ex);
		}
	}

	private SslContext finish(SslContextBuilder builder, List<String> alpn) throws SSLException {
		builder.sslProvider(this.provider).protocols(PROTOCOLS).sessionTimeout(SESSION_SECONDS);
		if (!alpn.isEmpty()) {
			builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
					ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
					ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, alpn));
		}
		return builder.build();
	}

	/** The certificate and those of the trust store that lead from it upwards. */
	private static List<X509Certificate> chain(X509Certificate certificate, @Nullable TrustStore trustStore) {
		List<X509Certificate> chain = new ArrayList<>();
		chain.add(certificate);
		if (trustStore == null) {
			return chain;
		}
		boolean grown = true;
		while (grown) {
			grown = false;
			X509Certificate last = chain.get(chain.size() - 1);
			for (X509Certificate candidate : trustStore.certificates()) {
				if (!chain.contains(candidate) && PeerTrustManager.hasIssued(candidate, last)) {
					chain.add(candidate);
					grown = true;
					break;
				}
			}
		}
		return chain;
	}

	private static TrustManager trust(@Nullable TrustStore trustStore, @Nullable TrustManagerFactory platform)
			throws GeneralSecurityException, IOException {
		TrustManagerFactory factory = platform;
		if (factory == null) {
			factory = TrustManagerFactory.getInstance("PKIX");
			factory.init((trustStore != null) ? keyStore(trustStore) : null);
		}
		for (TrustManager manager : factory.getTrustManagers()) {
			if (manager instanceof X509ExtendedTrustManager extended) {
				return new PeerTrustManager(extended, (trustStore != null) ? trustStore.name() : null);
			}
		}
		// Not ours to wrap: the JDK adds the check of the host name to plain managers
		TrustManager[] managers = factory.getTrustManagers();
		if (managers.length == 0) {
			throw new GeneralSecurityException("the platform's trust has no trust manager");
		}
		return managers[0];
	}

	private static KeyStore keyStore(TrustStore trustStore) throws GeneralSecurityException, IOException {
		KeyStore keyStore = KeyStore.getInstance(KeyStore.getDefaultType());
		keyStore.load(null, null);
		int index = 0;
		for (X509Certificate certificate : trustStore.certificates()) {
			keyStore.setCertificateEntry("anchor-" + index++, certificate);
		}
		return keyStore;
	}

	private record ClientKey(@Nullable TrustStore trustStore, @Nullable TrustManagerFactory platform,
			@Nullable KeyManagerFactory identity, List<String> alpn) {
	}

	private record HostKey(ServerIdentity identity, VirtualHost.ClientAuth clientAuth, List<String> alpn) {
	}

	private record ServerKey(CertificateEntry.X509 certificate, CertificateEntry.Key key,
			@Nullable TrustStore trustStore, List<String> alpn) {
	}

}
