package io.securestreams.transport.http1;

import java.io.InputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.limits.CookieLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Long bodies both ways, and bodies of parts.
 */
class Http1TransferTests {

	private static final int SIZE = 64 * 1024 * 1024;

	private static final long SEED = 42;

	private TestRuntime runtime = TestRuntime.create("nio");

	private HttpServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.stop(0);
		}
		this.runtime.close();
	}

	private void start(boolean tls) throws Exception {
		if (tls) {
			HttpsServer https = JdkHttpServer.tls();
			https.setHttpsConfigurator(new HttpsConfigurator(TestPki.jdkContext(TestPki.server("localhost"))));
			this.server = https;
		}
		else {
			this.server = JdkHttpServer.plain();
		}
		this.server.start();
	}

	private HttpLink link(TestHttpPolicy policy, boolean tls, Map<String, TestHttpPolicy> others) {
		Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime(),
				new HttpServices(this.runtime.runtime().blobs(), new CookieStore(CookieLimits.DEFAULTS), (name) -> {
					TestHttpPolicy other = others.get(name);
					return (other != null) ? other.build() : null;
				}, HttpClientLimits.DEFAULTS));
		HttpLink link = new HttpLink(this.runtime.loops().next(),
				policy.tls(tls ? TestPolicies.trusting(TestPki.CA.getCertificate()) : TlsPolicy.NONE).build());
		return link.target(this.server.getAddress().getPort(), tls).transport(factory.client(link));
	}

	private static String digestOfAll() throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		Random random = new Random(SEED);
		byte[] block = new byte[65536];
		for (int i = 0; i < SIZE / block.length; i++) {
			random.nextBytes(block);
			digest.update(block);
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	@ParameterizedTest
	@CsvSource({ "nio,false,true", "nio,false,false", "nio,true,true", "auto,false,true", "auto,true,false" })
	void downloads(String transport, boolean tls, boolean announced) throws Exception {
		this.runtime.close();
		this.runtime = TestRuntime.create(transport);
		start(tls);
		this.server.createContext("/", (exchange) -> {
			try (exchange) {
				exchange.sendResponseHeaders(200, announced ? SIZE : 0);
				Random random = new Random(SEED);
				byte[] block = new byte[65536];
				for (int i = 0; i < SIZE / block.length; i++) {
					random.nextBytes(block);
					exchange.getResponseBody().write(block);
				}
			}
		});
		HttpLink link = link(TestHttpPolicy.get("/"), tls, Map.of());
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		link.onReceive = (payload, flags) -> digest.update(payload.nioBuffer());
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(digestOfAll());
	}

	@ParameterizedTest
	@CsvSource({ "nio,false,true", "nio,false,false", "nio,true,true", "auto,false,true", "auto,true,false" })
	void uploads(String transport, boolean tls, boolean announced) throws Exception {
		this.runtime.close();
		this.runtime = TestRuntime.create(transport);
		start(tls);
		CompletableFuture<String> uploaded = new CompletableFuture<>();
		this.server.createContext("/", (exchange) -> {
			try (exchange; InputStream in = exchange.getRequestBody()) {
				MessageDigest digest = MessageDigest.getInstance("SHA-256");
				long size = in.transferTo(new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest));
				uploaded.complete(size + " " + HexFormat.of().formatHex(digest.digest()));
				exchange.sendResponseHeaders(204, -1);
			}
			catch (java.security.NoSuchAlgorithmException ex) {
				uploaded.completeExceptionally(ex);
			}
		});
		HttpLink link = link(TestHttpPolicy.post("/"), tls, Map.of());
		Random random = new Random(SEED);
		int[] left = { SIZE };
		byte[] block = new byte[16384];
		link.onWritable = (capacity) -> {
			assertThat(capacity).isGreaterThanOrEqualTo(block.length);
			random.nextBytes(block);
			left[0] -= block.length;
			link.put(Unpooled.copiedBuffer(block), left[0] == 0);
		};
		assertThat(link.request(announced ? SIZE : -1).exchange()).isEqualTo("completed");
		assertThat(uploaded.get(20, TimeUnit.SECONDS)).isEqualTo(SIZE + " " + digestOfAll());
	}

	@Test
	void partsTravelInOneBody() throws Exception {
		start(false);
		CompletableFuture<String> uploaded = new CompletableFuture<>();
		this.server.createContext("/", (exchange) -> {
			try (exchange) {
				uploaded.complete(exchange.getRequestHeaders().getFirst("Content-type") + "\n" + new String(
						exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
				exchange.sendResponseHeaders(204, -1);
			}
		});
		HttpBody first = new HttpBody(false, false, new Multipart("a\"b", "", "application/json"), false);
		HttpBody second = new HttpBody(false, false, new Multipart("file", "f.bin", ""), false);
		HttpLink link = link(TestHttpPolicy.post("/").body(first).rideshare("next").metadata("type", "content-type:"),
				false, Map.of("next", TestHttpPolicy.post("/").name("next").body(second)));
		link.metadata.set("type", "not/used");
		int[] slot = { 0 };
		List<String> owners = new ArrayList<>();
		link.onWritable = (capacity) -> {
			owners.add(link.transport().rideshare());
			ByteBuf piece = Unpooled.copiedBuffer("piece" + slot[0]++, java.nio.charset.StandardCharsets.UTF_8);
			link.put(piece, slot[0] != 1);
		};
		assertThat(link.request(-1).exchange()).isEqualTo("completed");
		assertThat(owners).containsExactly("test", "test", "next");
		String[] all = uploaded.get(20, TimeUnit.SECONDS).split("\n", 2);
		assertThat(all[0]).matches("multipart/form-data; boundary=\"[A-Za-z0-9]{24}\"");
		String boundary = all[0].substring(31, 55);
		assertThat(all[1]).isEqualTo("--" + boundary
				+ "\r\nContent-Disposition: form-data; name=\"a%22b\"\r\nContent-Type: application/json\r\n\r\npiece0piece1\r\n--"
				+ boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.bin\"\r\n\r\npiece2\r\n--"
				+ boundary + "--\r\n");
	}

	@Test
	void partsAreTakenApart() throws Exception {
		start(false);
		this.server.createContext("/", (exchange) -> {
			try (exchange) {
				byte[] body = ("--B\r\nA: b\r\n\r\none\r\n--B\r\n\r\ntwo\r\n--B"
						+ (exchange.getRequestURI().getPath().equals("/cut") ? "" : "--\r\n"))
					.getBytes(java.nio.charset.StandardCharsets.UTF_8);
				exchange.getResponseHeaders().set("Content-Type", "multipart/related; boundary=B");
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body);
			}
		});
		HttpBody apart = new HttpBody(false, false, Multipart.NONE, true);
		HttpLink link = link(TestHttpPolicy.get("/").body(apart), false, Map.of());
		StringBuilder parts = new StringBuilder();
		link.onReceive = (payload, flags) -> parts.append(flags)
			.append(payload.toString(java.nio.charset.StandardCharsets.UTF_8).replace("\r\n", "~"))
			.append(' ');
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(parts.toString()).startsWith("8 ").contains("1A: b~~ 2one 1~ 18two");
		assertThat(link.events()).endsWith("acknowledged", "completed");
		HttpLink cut = link(TestHttpPolicy.get("/cut").body(apart), false, Map.of());
		cut.fails();
		assertThat(cut.events()).doesNotContain("acknowledged");
	}

}
