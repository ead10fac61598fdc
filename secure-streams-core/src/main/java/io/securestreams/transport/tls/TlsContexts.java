package io.securestreams.transport.tls;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import org.jspecify.annotations.Nullable;

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

	private final TlsIdentities identities;

	private final ContextKey.Choices choices;

	private final SetupThread setup = new SetupThread();

	private final LastGood lastGood = new LastGood();

	private final Map<ContextKey, SslContext> contexts = new LinkedHashMap<>(16, 0.75f, true) {
		@Override
		protected boolean removeEldestEntry(Map.Entry<ContextKey, SslContext> eldest) {
			return size() > MAX_CONTEXTS;
		}
	};

	/**
	 * Makes contexts for the best implementation that is available.
	 * @param identities keys and trust from outside the policy
	 * @param blobs whose client certificates count where {@code identities} has none
	 */
	public TlsContexts(TlsIdentities identities, SystemBlobs blobs) {
		this(identities, blobs, false);
	}

	/**
	 * Makes contexts for the best implementation that is available.
	 * @param identities keys and trust from outside the policy
	 * @param blobs whose client certificates count where {@code identities} has none
	 * @param legacyPeers whether peers may have certificates that RFC 9325 section 4.5
	 * forbids: signed with SHA-1, or with RSA keys of less than 2048 bits
	 */
	public TlsContexts(TlsIdentities identities, SystemBlobs blobs, boolean legacyPeers) {
		this(new BlobIdentities(identities, blobs), isNative() ? SslProvider.OPENSSL : SslProvider.JDK, legacyPeers);
	}

	/**
	 * Makes contexts.
	 * @param identities keys and trust from outside the policy
	 * @param provider who implements TLS
	 */
	public TlsContexts(TlsIdentities identities, SslProvider provider) {
		this(identities, provider, false);
	}

	TlsContexts(TlsIdentities identities, SslProvider provider, boolean legacyPeers) {
		this.identities = identities;
		this.choices = new ContextKey.Choices(provider, legacyPeers);
	}

	/**
	 * Returns the context of a client. May take its time: keys and trust are read.
	 * @param policy trust and identity
	 * @param alpn protocol names to offer, in order of preference; empty for none
	 * @return a context; the one before, if keys or trust have been exchanged for what
	 * cannot be used
	 * @throws SecureStreamsException if the client certificate is missing, or key or
	 * trust cannot be used
	 */
	public SslContext client(TlsPolicy policy, List<String> alpn) {
		TrustStore trustStore = policy.trustStore();
		Integer index = policy.clientCertificate();
		return this.lastGood.get(new ClientUse(trustStore, index, alpn), () -> {
			KeyManagerFactory identity = (index != null) ? clientIdentity(index) : null;
			TrustManagerFactory platform = (trustStore == null) ? this.identities.platformTrust() : null;
			return cached(new ContextKey.Client(trustStore, platform, identity, List.copyOf(alpn)), "TLS client");
		});
	}

	private KeyManagerFactory clientIdentity(int index) {
		KeyManagerFactory identity = this.identities.clientIdentity(index);
		if (identity == null) {
			throw new NoIdentityException("client_cert " + index
					+ " stands for nothing (expected: a certificate and key configured for that index, or set as system blobs)");
		}
		return identity;
	}

	/**
	 * Gets the context of a client without waiting for what has to be read.
	 * @param policy trust and identity
	 * @param alpn protocol names to offer, in order of preference; empty for none
	 * @return what {@link #client} returns or throws, possibly already
	 */
	public CompletableFuture<SslContext> prepareClient(TlsPolicy policy, List<String> alpn) {
		if (policy.trustStore() != null && policy.clientCertificate() == null) {
			SslContext known = known(new ContextKey.Client(policy.trustStore(), null, null, List.copyOf(alpn)));
			if (known != null) {
				return CompletableFuture.completedFuture(known);
			}
		}
		try {
			return CompletableFuture.supplyAsync(() -> client(policy, alpn), this.setup);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private @Nullable SslContext known(ContextKey key) {
		synchronized (this.contexts) {
			return this.contexts.get(key);
		}
	}

	/** Contexts are made without the lock, which event loops take. */
	private SslContext cached(ContextKey key, String owner) {
		SslContext context = known(key);
		if (context != null) {
			return context;
		}
		SslContext made = key.make(this.choices, owner);
		synchronized (this.contexts) {
			SslContext other = this.contexts.putIfAbsent(key, made);
			return (other != null) ? other : made;
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
		return cached(new ContextKey.Server(certificate, key, policy.tls().trustStore(), List.copyOf(alpn)),
				"streamtype \"" + policy.name() + "\"");
	}

	/**
	 * Returns the context of a listener that is configured outside the policy. What its
	 * identity stands for may change: ask again for each connection.
	 * @param host the listener, which has an identity
	 * @param alpn protocol names to choose from, in order of preference; empty for none
	 * @return a context; the one before, if the identity has been exchanged for one that
	 * cannot be used
	 * @throws SecureStreamsException if there is no such identity, or it cannot be used
	 */
	public SslContext server(VirtualHost host, List<String> alpn) {
		return this.lastGood.get(new HostUse(host.name(), host.clientAuth(), List.copyOf(alpn)),
				() -> cached(new ContextKey.Host(identity(host), host.clientAuth(), List.copyOf(alpn)),
						"vhost \"" + host.name() + "\": identity \"" + host.identity() + "\""));
	}

	private ServerIdentity identity(VirtualHost host) {
		String name = String.valueOf(host.identity());
		ServerIdentity identity = this.identities.serverIdentity(name);
		if (identity == null) {
			throw new NoIdentityException("vhost \"" + host.name() + "\": identity \"" + name
					+ "\" stands for nothing (expected: a certificate and key configured under that name)");
		}
		if (host.clientAuth() != VirtualHost.ClientAuth.NONE && identity.trust() == null) {
			throw new SecureStreamsException("vhost \"" + host.name() + "\": identity \"" + name
					+ "\" has no trust store (expected: the issuers of client certificates)");
		}
		return identity;
	}

	/**
	 * Adds TLS to a connection, with a bound on what the peer sends before the handshake
	 * is over.
	 * @param pipeline the connection's
	 * @param handler its handler
	 */
	public static void add(ChannelPipeline pipeline, SslHandler handler) {
		HandshakeLimit.addBoth(pipeline, handler);
	}

	/**
	 * Whether BoringSSL is used instead of the JDK's TLS.
	 * @return {@code true} if netty-tcnative is usable
	 */
	public static boolean isNative() {
		return OpenSsl.isAvailable();
	}

	/**
	 * Returns whose TLS is used.
	 * @return a name for people
	 */
	public static String providerName() {
		return isNative() ? OpenSsl.versionString() : "the JDK";
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
		this.setup.close();
		this.lastGood.clear();
		synchronized (this.contexts) {
			this.contexts.clear();
		}
	}

	private record ClientUse(@Nullable TrustStore trustStore, @Nullable Integer clientCertificate, List<String> alpn) {

		@Override
		public String toString() {
			String trust = (this.trustStore != null) ? "trust store \"" + this.trustStore.name() + "\""
					: "the platform's trust";
			return (this.clientCertificate != null) ? "client_cert " + this.clientCertificate + " with " + trust
					: trust;
		}

	}

	private record HostUse(String host, VirtualHost.ClientAuth clientAuth, List<String> alpn) {

		@Override
		public String toString() {
			return "the identity of vhost \"" + this.host + "\"";
		}

	}

}
