package io.securestreams.transport.serving;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.UnknownVirtualHostException;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.http.TestHttpPolicy;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.last;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Streamtypes on listeners that are configured outside the policy.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class VirtualHostTests {

	private static final VirtualHost PLAIN = new VirtualHost("main", "127.0.0.1", 0, null, ClientAuth.NONE);

	private final String transport;

	private final AtomicReference<@Nullable ServerIdentity> identity = new AtomicReference<>();

	VirtualHostTests(String transport) {
		this.transport = transport;
	}

	private ServingFixture start(VirtualHost host, StreamPolicy... policies) {
		return new ServingFixture(this.transport,
				(builder) -> builder.virtualHost(host).tlsIdentities(new TlsIdentities() {
					@Override
					public @Nullable ServerIdentity serverIdentity(String name) {
						return name.equals("own") ? VirtualHostTests.this.identity.get() : null;
					}
				}), policies);
	}

	private static TestHttpPolicy member(String name) {
		return ServingFixture.server(name, 0).endpoint("!main", 0);
	}

	private static VirtualHost tls(ClientAuth clientAuth) {
		return new VirtualHost("main", "127.0.0.1", 0, "own", clientAuth);
	}

	private static ServerIdentity identity(X509Bundle server, @Nullable X509Certificate issuer) throws Exception {
		TrustManagerFactory trust = null;
		if (issuer != null) {
			KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
			issuers.load(null, null);
			issuers.setCertificateEntry("issuer", issuer);
			trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(issuers);
		}
		KeyManagerFactory keys = server.toKeyManagerFactory();
		return new ServerIdentity(keys, trust);
	}

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.address()).getPort();
	}

	private static HttpResponse<String> get(SSLContext context, HttpClient.Version version, int port, String path)
			throws IOException, InterruptedException {
		HttpClient client = HttpClient.newBuilder().version(version).sslContext(context).build();
		return client.send(HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)).build(),
				BodyHandlers.ofString());
	}

	@Test
	void streamtypesJoinByName() throws Exception {
		try (ServingFixture serving = start(PLAIN, member("pages").url("/").build(),
				member("api").url("/api").build())) {
			StreamServer pages = serving.listen("pages");
			StreamServer api = serving.listen("api");
			assertThat(api.address()).isEqualTo(pages.address());
			assertThat(talk(pages, last("/api"))).contains("api /api ");
			api.close();
			Awaitility.await().until(() -> talk(pages, last("/api")).contains("pages /api "));
		}
	}

	private static String talk(StreamServer server, String request) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", port(server))) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	@Test
	void whatDoesNotGoTogetherIsRefused() {
		StreamPolicy raw = raw("raw", "!main");
		TlsPolicy tls = new TlsPolicy(true, null, null, null, null);
		TlsPolicy own = TestPolicies.serving(TestPki.server("localhost"));
		try (ServingFixture serving = start(PLAIN, member("pages").build(),
				member("other").endpoint("!mian", 0).build(), member("secret").url("/s").tls(tls).build(),
				member("port").url("/p").endpoint("!main", 1).build(),
				member("cert").url("/c").tls(new TlsPolicy(false, null, null, own.serverCertificate(), null)).build(),
				raw)) {
			assertThatExceptionOfType(UnknownVirtualHostException.class).isThrownBy(() -> serving.listen("other"))
				.withMessageContainingAll("\"other\"", "!mian", "known: main");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("secret"))
				.withMessageContainingAll("\"secret\"", "\"main\"", "no TLS");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("cert"))
				.withMessageContainingAll("server_cert");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("port"))
				.withMessageContainingAll("port 0, not 1");
			StreamServer pages = serving.listen("pages");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("raw"))
				.withMessageContainingAll("\"raw\"", "\"pages\"", "itself");
			pages.close();
			Awaitility.await().ignoreExceptions().until(() -> serving.listen("raw") != null);
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("pages"))
				.withMessageContainingAll("\"raw\"", "\"pages\"");
		}
		try (ServingFixture serving = new ServingFixture(this.transport, member("pages").build())) {
			assertThatExceptionOfType(UnknownVirtualHostException.class).isThrownBy(() -> serving.listen("pages"))
				.withMessageContaining("none is configured");
		}
	}

	private static StreamPolicy raw(String name, String endpoint) {
		StreamPolicy http = ServingFixture.server(name, 0)
			.endpoint(endpoint, 0)
			.metadata("peer_subject", "")
			.metadata("peer_cert", "")
			.build();
		return new StreamPolicy(name, http.role(), http.endpoint(), new RawPolicy(), http.tls(), http.persistence(),
				http.trafficClass(), http.metadata(), http.features(), http.proxyBuffers());
	}

	@Test
	void valuesThatMakeNoSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHost("", "", 0, null, ClientAuth.NONE));
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHost("!a", "", 0, null, ClientAuth.NONE));
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHost("a", "!b", 0, null, ClientAuth.NONE));
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHost("a", "", 65536, null, ClientAuth.NONE));
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHost("a", "", 1, null, ClientAuth.WANT));
	}

	@Test
	void anIdentityThatIsMissingIsToldAtTheStart() throws Exception {
		try (ServingFixture serving = start(tls(ClientAuth.NEED), member("pages").build())) {
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("pages"))
				.withMessageContainingAll("\"main\"", "\"own\"", "stands for nothing");
			this.identity.set(identity(TestPki.server("localhost"), null));
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("pages"))
				.withMessageContainingAll("\"main\"", "\"own\"", "no trust store");
			this.identity.set(identity(TestPki.server("localhost"), TestPki.CA.getCertificate()));
			assertThat(serving.listen("pages").address()).isNotNull();
		}
	}

	@Test
	void alpnDecidesWhatConnectionsSpeak() throws Exception {
		this.identity.set(identity(TestPki.server("localhost"), null));
		try (ServingFixture serving = start(tls(ClientAuth.NONE), member("pages").build())) {
			int port = port(serving.listen("pages"));
			for (HttpClient.Version version : HttpClient.Version.values()) {
				HttpResponse<String> response = get(TestPki.jdkContext(null), version, port, "/x");
				assertThat(response.version()).isEqualTo(version);
				assertThat(response.body()).isEqualTo("pages /x ");
			}
		}
	}

	@Test
	void aNewIdentityCountsFromTheNextConnectionOn() throws Exception {
		this.identity.set(identity(TestPki.server("localhost"), null));
		X509Bundle other = TestPki.authority("CN=Other");
		try (ServingFixture serving = start(tls(ClientAuth.NONE), member("pages").build())) {
			int port = port(serving.listen("pages"));
			try (Socket before = TestPki.jdkContext(null).getSocketFactory().createSocket("localhost", port)) {
				before.getOutputStream().write(ServingFixture.get("/1").getBytes(StandardCharsets.US_ASCII));
				assertThat(before.getInputStream().read()).isEqualTo('H');
				this.identity.set(identity(TestPki.server("localhost", other), null));
				assertThat(get(TestPki.jdkContext(null, other), HttpClient.Version.HTTP_1_1, port, "/2").body())
					.isEqualTo("pages /2 ");
				before.getOutputStream().write(last("/3").getBytes(StandardCharsets.US_ASCII));
				assertThat(new String(before.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.endsWith("pages /3 ");
			}
		}
	}

	@Test
	void clientCertificatesAreMetadata() throws Exception {
		this.identity.set(identity(TestPki.server("localhost"), TestPki.CA.getCertificate()));
		X509Bundle client = TestPki.client("alice\\, admin");
		StreamPolicy pages = member("pages").metadata("peer_subject", "x-subject:").metadata("peer_cert", "").build();
		try (ServingFixture serving = start(tls(ClientAuth.WANT), pages)) {
			int port = port(serving.listen("pages", () -> new Identify()));
			for (HttpClient.Version version : HttpClient.Version.values()) {
				assertThat(get(TestPki.jdkContext(client), version, port, "/").body()).as(version.toString())
					.isEqualTo("CN=alice\\, admin\n" + client.getCertificatePEM().replace("\r", ""));
				// Nothing else can say so
				HttpClient nobody = HttpClient.newBuilder()
					.version(version)
					.sslContext(TestPki.jdkContext(null))
					.build();
				assertThat(
						nobody
							.send(HttpRequest
								.newBuilder(
										URI.create("https://localhost:" + port + "/?peer_subject=CN=alice&peer_cert=x"))
								.header("x-subject", "CN=alice")
								.build(), BodyHandlers.ofString())
							.body())
					.as(version.toString())
					.isEqualTo("null\nnull");
			}
		}
	}

	@Test
	void clientsWithoutTheCertificateThatIsNeededEndAndOthersAreServed() throws Exception {
		this.identity.set(identity(TestPki.server("localhost"), TestPki.CA.getCertificate()));
		X509Bundle stranger = TestPki.authority("CN=stranger");
		try (ServingFixture serving = start(tls(ClientAuth.NEED), member("pages").build())) {
			int port = port(serving.listen("pages"));
			for (SSLContext refused : new SSLContext[] { TestPki.jdkContext(null),
					context(stranger, TestPki.CA.getCertificate()) }) {
				assertThatExceptionOfType(IOException.class)
					.isThrownBy(() -> get(refused, HttpClient.Version.HTTP_1_1, port, "/"));
			}
			assertThat(get(TestPki.jdkContext(TestPki.client("a")), HttpClient.Version.HTTP_1_1, port, "/").body())
				.isEqualTo("pages / ");
			assertThat(serving.events).filteredOn((event) -> event.endsWith("CREATING")).hasSize(1);
		}
	}

	private static SSLContext context(X509Bundle identity, X509Certificate issuer) throws Exception {
		KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
		issuers.load(null, null);
		issuers.setCertificateEntry("issuer", issuer);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(issuers);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(identity.toKeyManagerFactory().getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	@Test
	void rawStreamsKnowTheirPeersToo() throws Exception {
		this.identity.set(identity(TestPki.server("localhost"), TestPki.CA.getCertificate()));
		try (ServingFixture serving = start(tls(ClientAuth.NEED), raw("raw", "!main"))) {
			int port = port(serving.listen("raw", () -> new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.CONNECTED) {
						stream.send((stream.metadata().get("peer_subject") + "\n").getBytes(StandardCharsets.US_ASCII));
					}
				}

				@Override
				public void onReceive(SecureStream stream, Payload payload) {
				}
			}));
			try (SSLSocket socket = (SSLSocket) TestPki.jdkContext(TestPki.client("bob"))
				.getSocketFactory()
				.createSocket("localhost", port)) {
				socket.setSoTimeout(20_000);
				SSLSession session = socket.getSession();
				assertThat(session.isValid()).isTrue();
				assertThat(new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII))
					.isEqualTo("CN=bob\n");
			}
		}
	}

	/** Answers with what it knows of the peer. */
	private static final class Identify implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.acknowledge();
				stream.send((stream.metadata().get("peer_subject") + "\n" + stream.metadata().get("peer_cert"))
					.getBytes(StandardCharsets.US_ASCII));
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
		}

	}

}
