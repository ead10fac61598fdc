package io.securestreams.demo.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.securestreams.demo.DemoApplication;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The server, in this process, against the JDK's clients.
 */
@SpringBootTest(classes = DemoApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "secure-streams.vhosts.http.port=0", "secure-streams.vhosts.https.port=0",
				"secure-streams.vhosts.members.port=0", "secure-streams.vhosts.echo.port=0" })
@ActiveProfiles("server")
@DirtiesContext
class ServerTests {

	@TempDir
	static Path certificates;

	@Autowired
	private SecureStreamHandlerRegistry registry;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("demo.certificates", certificates::toString);
	}

	@Test
	void everybodyGetsThePage() throws Exception {
		HttpResponse<String> plain = get("page", "/");
		assertThat(plain.statusCode()).isEqualTo(200);
		assertThat(plain.body()).startsWith("<!DOCTYPE html>").contains("Served by Secure Streams");
		HttpResponse<String> tls = get("page-tls", "/");
		assertThat(tls.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(tls.body()).isEqualTo(plain.body());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing", "/download/", "/download/-1", "/download/1/2" })
	void whatThereIsNotIsNotFound(String path) throws Exception {
		assertThat(get("page", path).statusCode()).isEqualTo(404);
	}

	@Test
	void otherMethodsAreRefused() throws Exception {
		assertThat(send(request("page", "/").DELETE()).headers().firstValue("allow")).hasValue("GET, HEAD");
		assertThat(get("upload", "/upload").statusCode()).isEqualTo(405);
	}

	@ParameterizedTest
	@ValueSource(strings = { "download", "download-tls" })
	void downloadsAreAsLongAsAsked(String streamType) throws Exception {
		assertThat(get(streamType, "/download/0").body()).isEmpty();
		assertThat(get(streamType, "/download/20").body()).isEqualTo("0123456789abcde\n0123");
		HttpResponse<String> large = get(streamType, "/download/1000000");
		assertThat(large.headers().firstValue("content-length")).hasValue("1000000");
		assertThat(large.body()).isEqualTo("0123456789abcde\n".repeat(62500));
	}

	@ParameterizedTest
	@ValueSource(strings = { "upload", "upload-tls" })
	void uploadsAreMeasured(String streamType) throws Exception {
		byte[] body = new byte[300_000];
		String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
		assertThat(send(request(streamType, "/upload").POST(BodyPublishers.ofByteArray(body))).body())
			.isEqualTo("300000 bytes, SHA-256 " + hash + "\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "upload", "upload-tls" })
	void emptyUploadsAreMeasured(String streamType) throws Exception {
		assertThat(send(request(streamType, "/upload").POST(BodyPublishers.noBody())).body())
			.isEqualTo("0 bytes, SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n");
	}

	@Test
	void formsAreMeasuredPartByPart() throws Exception {
		String form = """
				--b
				Content-Disposition: form-data; name="note"

				hello
				--b
				Content-Disposition: form-data; name="file"; filename="a.txt"
				Content-Type: text/plain

				x
				--b--
				""".replace("\n", "\r\n");
		HttpRequest.Builder request = request("upload", "/upload")
			.header("content-type", "multipart/form-data; boundary=b")
			.POST(BodyPublishers.ofString(form));
		assertThat(send(request).body()).isEqualTo(
				"field note: 5 bytes, SHA-256 " + "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"
						+ "file file (a.txt): 1 bytes, SHA-256 "
						+ "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n");
	}

	@Test
	void whatOneSaysAllHear() throws Exception {
		Member alice = join("ws", "chat", "?name=Alice");
		Member bob = join("wss", "chat-tls", "");
		assertThat(alice.next()).isEqualTo("Welcome, Alice.");
		assertThat(bob.next()).isEqualTo("Welcome, somebody.");
		alice.say("hello");
		assertThat(alice.next()).isEqualTo("Alice: hello");
		assertThat(bob.next()).isEqualTo("Alice: hello");
		bob.say("good morning");
		assertThat(alice.next()).isEqualTo("somebody: good morning");
	}

	@Test
	void membersAreGreeted() throws Exception {
		HttpRequest request = request("members", "/").build();
		assertThat(client("alice").send(request, BodyHandlers.ofString()).body())
			.isEqualTo("Good morning, CN=Alice.\n");
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> client(null).send(request, BodyHandlers.ofString()));
	}

	@Test
	void bytesComeBack() throws Exception {
		try (Socket socket = new Socket("127.0.0.1", port("echo"))) {
			byte[] sent = "one\ntwo\n".getBytes(StandardCharsets.US_ASCII);
			socket.getOutputStream().write(sent);
			socket.shutdownOutput();
			InputStream answer = socket.getInputStream();
			assertThat(answer.readAllBytes()).isEqualTo(sent);
		}
	}

	private int port(String streamType) {
		return ((InetSocketAddress) this.registry.server(streamType).address()).getPort();
	}

	private HttpRequest.Builder request(String streamType, String path) {
		boolean tls = streamType.endsWith("-tls") || streamType.equals("members");
		return HttpRequest.newBuilder(URI.create((tls ? "https" : "http") + "://localhost:" + port(streamType) + path));
	}

	private HttpResponse<String> get(String streamType, String path) throws Exception {
		return send(request(streamType, path));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return client(null).send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
	}

	private static HttpClient client(String identity) {
		PemSslStoreDetails own = (identity != null)
				? PemSslStoreDetails.forCertificate(file(identity + ".pem")).withPrivateKey(file(identity + ".key"))
				: null;
		PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(file("ca.pem"));
		SSLContext tls = SslBundle.of(new PemSslStoreBundle(own, trust)).createSslContext();
		return HttpClient.newBuilder().sslContext(tls).build();
	}

	private static String file(String name) {
		return certificates.resolve(name).toUri().toString();
	}

	private Member join(String scheme, String streamType, String query) throws Exception {
		Member member = new Member();
		member.socket = client(null).newWebSocketBuilder()
			.buildAsync(URI.create(scheme + "://localhost:" + port(streamType) + "/chat" + query), member)
			.get(30, TimeUnit.SECONDS);
		return member;
	}

	/** What somebody in the chat hears. */
	private static final class Member implements WebSocket.Listener {

		private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		private WebSocket socket;

		@Override
		public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
			this.heard.add(text.toString());
			socket.request(1);
			return null;
		}

		void say(String text) throws Exception {
			this.socket.sendText(text, true).get(30, TimeUnit.SECONDS);
		}

		String next() throws InterruptedException {
			return this.heard.poll(30, TimeUnit.SECONDS);
		}

	}

}
