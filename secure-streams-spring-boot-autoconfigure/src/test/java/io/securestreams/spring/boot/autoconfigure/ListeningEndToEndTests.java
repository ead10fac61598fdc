package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.securestreams.SecureStreams;
import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Beans that serve: on a vhost with an SSL bundle, and as a sink.
 */
@Timeout(60)
class ListeningEndToEndTests {

	private static final String POLICY = """
			{ "schema-version": 1, "s": [
			  { "pages": { "server": true, "endpoint": "!web", "protocol": "h1", "http_url": "/",
			    "metadata": [ { "path": "" }, { "peer_subject": "" } ] } },
			  { "api": { "server": true, "endpoint": "!web", "protocol": "h2", "http_url": "/api",
			    "metadata": [ { "path": "" }, { "peer_subject": "" } ] } },
			  { "log": { "local_sink": true } } ] }
			""";

	private final X509Bundle authority = build("CN=Authority", true, null);

	@TempDir
	private Path directory;

	private @Nullable ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	private static X509Bundle build(String subject, boolean issues, @Nullable X509Bundle issuer) {
		try {
			CertificateBuilder builder = new CertificateBuilder().ecp256()
				.subject(subject)
				.setIsCertificateAuthority(issues)
				.addSanDnsName("localhost");
			return (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void store(X509Bundle server) throws IOException {
		Files.writeString(this.directory.resolve("key.pem"), server.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve("cert.pem"), server.getCertificatePEM());
	}

	private ConfigurableApplicationContext start() throws IOException {
		store(build("CN=first", false, this.authority));
		Files.writeString(this.directory.resolve("issuer.pem"), this.authority.getCertificatePEM());
		Files.writeString(this.directory.resolve("policy.json"), POLICY);
		String bundle = "spring.ssl.bundle.pem.web.";
		ConfigurableApplicationContext started = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("secure-streams.policy.location=" + this.directory.resolve("policy.json").toUri(),
					"secure-streams.vhosts.web.address=127.0.0.1", "secure-streams.vhosts.web.ssl-bundle=web",
					"secure-streams.vhosts.web.client-auth=need",
					"secure-streams.listener.max-connections-per-address=50",
					bundle + "keystore.certificate=" + this.directory.resolve("cert.pem"),
					bundle + "keystore.private-key=" + this.directory.resolve("key.pem"),
					bundle + "truststore.certificate=" + this.directory.resolve("issuer.pem"),
					bundle + "reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=50ms")
			.run();
		this.context = started;
		return started;
	}

	private String get(int port, String path, @Nullable X509Bundle client) throws Exception {
		try (SSLSocket socket = connect(port, client)) {
			socket.getOutputStream()
				.write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	private SSLSocket connect(int port, @Nullable X509Bundle client) throws Exception {
		KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
		issuers.load(null, null);
		issuers.setCertificateEntry("authority", this.authority.getCertificate());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(issuers);
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init((client != null) ? client.toKeyManagerFactory().getKeyManagers() : null, trust.getTrustManagers(),
				null);
		SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
		socket.setSoTimeout(20_000);
		return socket;
	}

	private static int port(ConfigurableApplicationContext application) {
		return ((InetSocketAddress) application.getBean(SecureStreamHandlerRegistry.class).server("pages").address())
			.getPort();
	}

	@Test
	void beansShareAVhostAndKnowItsClients() throws Exception {
		int port = port(start());
		X509Bundle client = build("CN=alice", false, this.authority);
		assertThat(get(port, "/x", client)).endsWith("page /x for CN=alice");
		assertThat(get(port, "/api/y", client)).endsWith("api /api/y for CN=alice");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(port, "/x", null));
		X509Bundle stranger = build("CN=stranger", true, null);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(port, "/x", stranger));
		assertThat(get(port, "/x", client)).contains("200 OK");
	}

	@Test
	void aReloadedBundleCountsFromTheNextConnectionOn() throws Exception {
		int port = port(start());
		X509Bundle client = build("CN=alice", false, this.authority);
		assertThat(subject(port, client)).isEqualTo("CN=first");
		store(build("CN=second", false, this.authority));
		Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> subject(port, client).equals("CN=second"));
		assertThat(get(port, "/x", client)).contains("200 OK");
	}

	private String subject(int port, X509Bundle client) throws Exception {
		try (SSLSocket socket = connect(port, client)) {
			return socket.getSession().getPeerPrincipal().getName();
		}
	}

	@Test
	void aBeanIsASink() throws Exception {
		ConfigurableApplicationContext application = start();
		SecureStreams streams = application.getBean(SecureStreams.class);
		Log log = application.getBean(Log.class);
		for (int i = 0; i < 3; i++) {
			streams.create("log", new Source()).send(("line " + i).getBytes(StandardCharsets.US_ASCII));
			assertThat(log.lines.poll(20, TimeUnit.SECONDS)).isEqualTo("line " + i);
		}
		assertThat(log.joined).hasSize(3);
		application.getBean(SecureStreamHandlerRegistry.class).stop();
		application.getBean(SecureStreamHandlerRegistry.class).start();
		streams.create("log", new Source()).send("again".getBytes(StandardCharsets.US_ASCII));
		assertThat(log.lines.poll(20, TimeUnit.SECONDS)).isEqualTo("again");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Pages.class, Api.class, Log.class })
	static class Application {

	}

	@SecureStreamHandler("pages")
	static class Pages {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream, @Metadata("path") String path, @Metadata("peer_subject") String peer) {
			stream.acknowledge();
			stream.send(("page " + path + " for " + peer).getBytes(StandardCharsets.US_ASCII));
		}

	}

	@SecureStreamHandler("api")
	static class Api {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream, @Metadata("path") String path, @Metadata("peer_subject") String peer) {
			stream.acknowledge();
			stream.send(("api " + path + " for " + peer).getBytes(StandardCharsets.US_ASCII));
		}

	}

	@SecureStreamHandler("log")
	static class Log {

		final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

		final BlockingQueue<Long> joined = new LinkedBlockingQueue<>();

		@OnState(StreamState.SINK_JOIN)
		void joined(long sources) {
			this.joined.add(sources);
		}

		@OnReceive
		void line(String text) {
			this.lines.add(text);
		}

	}

	private static final class Source implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
		}

	}

}
