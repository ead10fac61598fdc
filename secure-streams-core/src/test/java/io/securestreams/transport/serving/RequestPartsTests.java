package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.testing.OtherThread;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.http.TestHttpPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.last;
import static io.securestreams.transport.serving.ServingFixture.server;
import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies of several parts, and others, where {@code http_multipart_ss_in} is set. The
 * client is the JDK's, with HTTP/1.1 and HTTP/2.
 */
@Timeout(60)
class RequestPartsTests {

	private static final String META = "Content-Disposition: form-data; name=\"meta\"\r\n\r\n{}";

	private static final String FILE = "Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n"
			+ "Content-Type: application/octet-stream\r\n\r\n";

	static StreamPolicy[] policies(String endpoint) {
		return new StreamPolicy[] { server("parts", 0).endpoint(endpoint, 0)
			.body(new HttpBody(false, false, Multipart.NONE, true))
			.rideshare("form-meta")
			.build(), part("form-meta", "meta", "form-file"), part("form-file", "file", "form-meta") };
	}

	/** The chain goes round, which must not matter. */
	private static StreamPolicy part(String streamType, String name, String next) {
		return TestHttpPolicy.post("/")
			.name(streamType)
			.body(new HttpBody(false, false, new Multipart(name, "", ""), false))
			.rideshare(next)
			.build();
	}

	static ServingFixture tls(StreamPolicy... policies) throws Exception {
		X509Bundle identity = TestPki.server("localhost");
		ServerIdentity server = new ServerIdentity(identity.toKeyManagerFactory(), null);
		return new ServingFixture("auto",
				(builder) -> builder.virtualHost(new VirtualHost("tls", "127.0.0.1", 0, "own", ClientAuth.NONE))
					.tlsIdentities(new TlsIdentities() {
						@Override
						public @Nullable ServerIdentity serverIdentity(String name) {
							return server;
						}
					}),
				policies);
	}

	static HttpClient client(Version version) {
		return HttpClient.newBuilder().version(version).sslContext(TestPki.jdkContext(null)).build();
	}

	private static ServingFixture start() throws Exception {
		return tls(policies("!tls"));
	}

	private static int listen(ServingFixture serving, boolean pausing) {
		return ((InetSocketAddress) serving.listen("parts", () -> new Report(pausing)).address()).getPort();
	}

	private static String body(String... parts) {
		return "preamble\r\n--b\r\n" + String.join("\r\n--b\r\n", parts) + "\r\n--b--\r\n";
	}

	private static HttpResponse<String> post(int port, Version version, String type, List<byte[]> pieces)
			throws Exception {
		HttpClient client = client(version);
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/x"))
			.header("content-type", type)
			.POST(BodyPublishers.ofByteArrays(pieces))
			.build();
		HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
		assertThat(response.version()).isEqualTo(version);
		return response;
	}

	private static String answer(int port, Version version, byte[] body, int cut) throws Exception {
		List<byte[]> pieces = new ArrayList<>();
		for (int i = 0; i < body.length; i += cut) {
			pieces.add(Arrays.copyOfRange(body, i, Math.min(body.length, i + cut)));
		}
		HttpResponse<String> response = post(port, version, "multipart/form-data; boundary=\"b\"", pieces);
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String line(String rideshare, String part, String head, byte[] content) throws Exception {
		return rideshare + " " + part + " head " + head.length() + " content " + content.length + " " + hash(content)
				+ "\n";
	}

	private static String hash(byte[] content) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,1", "HTTP_1_1,10", "HTTP_1_1,100000", "HTTP_2,1", "HTTP_2,10", "HTTP_2,100000" })
	void saysWhichPartItIs(Version version, int cut) throws Exception {
		String other = "Content-Disposition: form-data; name=other; filename=\"\"\r\n\r\n";
		byte[] body = bytes(body(META, FILE + "x\r\n-- b", FILE, other + "\r\n", "\r\nanonymous"));
		try (ServingFixture serving = start()) {
			assertThat(answer(listen(serving, false), version, body, cut)).isEqualTo(
					"group\n" + line("form-meta", "meta/null/null", META.substring(0, META.length() - 2), bytes("{}"))
							+ line("form-file", "file/a.bin/application/octet-stream", FILE, bytes("x\r\n-- b"))
							+ line("form-file", "file/a.bin/application/octet-stream", FILE, new byte[0])
							+ line("parts", "other//null", other, bytes("\r\n"))
							+ line("parts", "null/null/null", "\r\n", bytes("anonymous")) + "end\n");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HTTP_1_1,false", "HTTP_1_1,true", "HTTP_2,false", "HTTP_2,true" })
	void largePartsFlow(Version version, boolean pausing) throws Exception {
		byte[] content = new byte[20 * 1024 * 1024];
		new Random(5).nextBytes(content);
		byte[] before = bytes("--b\r\n" + META + "\r\n--b\r\n" + FILE);
		byte[] after = bytes("\r\n--b\r\n" + FILE + "last\r\n--b--");
		byte[] body = Arrays.copyOf(before, before.length + content.length + after.length);
		System.arraycopy(content, 0, body, before.length, content.length);
		System.arraycopy(after, 0, body, before.length + content.length, after.length);
		try (ServingFixture serving = start()) {
			assertThat(answer(listen(serving, pausing), version, body, 50_000)).isEqualTo(
					"group\n" + line("form-meta", "meta/null/null", META.substring(0, META.length() - 2), bytes("{}"))
							+ line("form-file", "file/a.bin/application/octet-stream", FILE, content)
							+ line("form-file", "file/a.bin/application/octet-stream", FILE, bytes("last")) + "end\n");
		}
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void otherBodiesAreOneMessage(Version version) throws Exception {
		try (ServingFixture serving = start()) {
			int port = listen(serving, false);
			assertThat(post(port, version, "application/x-www-form-urlencoded", List.of(bytes("a=1&b=2"))).body())
				.isEqualTo(line("parts", "null", "a=1&b=2", new byte[0]));
		}
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void partsThatDoNotEndAreRefused(Version version) throws Exception {
		try (ServingFixture serving = start()) {
			int port = listen(serving, false);
			assertThat(post(port, version, "multipart/form-data; boundary=b", List.of(bytes("--b\r\n\r\nhalf")))
				.statusCode()).isEqualTo(400);
			assertThat(answer(port, version, bytes(body("\r\nx")), 100)).contains("content 1 ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3",
			"A: 12345678901234567890123456789012345678901234567890" + "123456789012345678901234567890" })
	void partsAreLimited(String parts) throws Exception {
		try (ServingFixture serving = new ServingFixture("auto",
				(builder) -> builder.httpServer(HttpServerLimits.DEFAULTS
					.withMessage(HttpMessageLimits.builder().maxParts(2).maxPartHead(64).build())),
				policies("127.0.0.1"))) {
			int port = listen(serving, false);
			String body = body(parts);
			assertThat(talk("127.0.0.1", port,
					"POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\n"
							+ "Content-Length: " + body.length() + "\r\n\r\n" + body))
				.startsWith("HTTP/1.1 400 ");
			assertThat(talk("127.0.0.1", port, last("/"))).startsWith("HTTP/1.1 200 ");
		}
	}

	@Test
	void answersBeforeTheEndAreNotConfusing() throws Exception {
		try (ServingFixture serving = new ServingFixture("auto", policies("127.0.0.1"))) {
			int port = listen(serving, false);
			String part = "--b\r\nContent-Disposition: form-data; name=refuse\r\n\r\nx";
			String rest = "yz\r\n--b--";
			String plain = "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\ny";
			try (Socket socket = new Socket("127.0.0.1", port)) {
				socket.setSoTimeout(20_000);
				socket.getOutputStream()
					.write(bytes("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
							+ "Content-Length: " + (part + rest).length() + "\r\n\r\n" + part));
				assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 403");
				socket.getOutputStream().write(bytes(rest + plain));
				// What the next request brings is no part
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
					.endsWith("\r\n\r\n" + line("parts", "null", "y", new byte[0]));
			}
		}
	}

	/** Answers what it has been given, one line for each message. */
	static final class Report implements StreamHandler {

		private final boolean pausing;

		private final StringBuilder report = new StringBuilder();

		private @Nullable MessageDigest digest;

		private @Nullable MessagePart part;

		private int head;

		private int content;

		private int payloads;

		Report(boolean pausing) {
			this.pausing = pausing;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				this.report.setLength(0);
				if ("GET".equals(stream.metadata().get("method"))) {
					stream.acknowledge();
					stream.requestTx();
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			try {
				receive(stream, payload);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			if (this.pausing && this.payloads++ % 3 == 0) {
				stream.pauseReceiving();
				OtherThread.run(stream::resumeReceiving);
			}
		}

		private void receive(SecureStream stream, Payload payload) throws Exception {
			MessagePart current = payload.part();
			if (payload.isRelatedStart()) {
				this.report.append("group\n");
				return;
			}
			if (payload.isStart()) {
				this.digest = MessageDigest.getInstance("SHA-256");
				this.part = current;
				this.head = payload.length();
				this.content = 0;
			}
			else {
				assertThat(current).isSameAs(this.part);
				this.content += payload.length();
				if (this.digest != null) {
					this.digest.update(payload.toByteArray());
				}
			}
			if (current != null && "refuse".equals(current.name())) {
				if (payload.isStart()) {
					stream.answer(403);
				}
			}
			else if (payload.isEnd() && this.digest != null) {
				String name = (current != null)
						? current.name() + "/" + current.fileName() + "/" + current.contentType() : "null";
				this.report.append(payload.rideshare() + " " + name + " head " + this.head + " content " + this.content
						+ " " + HexFormat.of().formatHex(this.digest.digest()) + "\n");
				if (payload.isRelatedEnd() || current == null) {
					this.report.append(payload.isRelatedEnd() ? "end\n" : "");
					stream.acknowledge();
					stream.requestTx();
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(this.report.toString()).end();
		}

	}

}
