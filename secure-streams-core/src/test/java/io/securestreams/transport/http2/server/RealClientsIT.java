package io.securestreams.transport.http2.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.http2.RealPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers and the clients people use.
 */
@Timeout(180)
class RealClientsIT {

	@TempDir
	Path directory;

	private Http2Site site = new Http2Site("auto", false, HttpServerLimits.DEFAULTS);

	@AfterEach
	void stop() {
		this.site.close();
	}

	private String url(boolean tls, String path) {
		if (tls) {
			this.site.close();
			this.site = new Http2Site("auto", true, HttpServerLimits.DEFAULTS);
		}
		return (tls ? "https" : "http") + "://localhost:" + this.site.port() + path;
	}

	private Path upload(int size) throws IOException {
		byte[] bytes = new byte[size];
		new Random(1).nextBytes(bytes);
		return Files.write(this.directory.resolve("upload"), bytes);
	}

	private static String sha256(byte[] bytes) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
	}

	private String run(String... command) throws Exception {
		assumeTrue(RealPeer.isInstalled(command[0]), command[0] + " is not installed");
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		if (!process.waitFor(120, TimeUnit.SECONDS)) {
			process.destroyForcibly();
			throw new AssertionError(command[0] + " does not end: " + Files.readString(output));
		}
		return Files.readString(output, StandardCharsets.ISO_8859_1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void curl(boolean tls) throws Exception {
		String version = tls ? "--http2" : "--http2-prior-knowledge";
		assertThat(run("curl", "-sk", "-w", " %{http_version} %{http_code}", version, url(tls, "/")))
			.isEqualTo("hello, world 2 200");
		Path file = upload(3_000_000);
		String base = (tls ? "https" : "http") + "://localhost:" + this.site.port();
		assertThat(run("curl", "-sk", version, "--data-binary", "@" + file, base + "/hash"))
			.isEqualTo(sha256(Files.readAllBytes(file)));
		Path echoed = this.directory.resolve("echoed");
		run("curl", "-sk", version, "-T", file.toString(), "-o", echoed.toString(), base + "/echo");
		assertThat(sha256(Files.readAllBytes(echoed))).isEqualTo(sha256(Files.readAllBytes(file)));
		assertThat(run("curl", "-sk", version, "-I", base + "/bytes/77")).contains("content-length: 77");
		assertThat(run("curl", "-sk", version, "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
				base + "/bytes/50000000"))
			.isEqualTo("200 50000000");
		assertThat(run("curl", "-sk", version, "-o", "/dev/null", "-w", "%{http_code}", base + "/missing"))
			.isEqualTo("404");
	}

	@Test
	void nghttp() throws Exception {
		String output = run("nghttp", "-v", "-m", "20", url(false, "/bytes/100000"));
		assertThat(output).contains(":status: 200").contains("END_STREAM").doesNotContain("RST_STREAM");
		Path file = upload(1_000_000);
		assertThat(run("nghttp", "-d", file.toString(), "http://localhost:" + this.site.port() + "/hash"))
			.contains(sha256(Files.readAllBytes(file)));
	}

	@ParameterizedTest
	@CsvSource({ "false,20000,1,100", "false,20000,50,10", "true,5000,10,20" })
	void h2load(boolean tls, int requests, int connections, int streams) throws Exception {
		String output = run("h2load", "-n", "" + requests, "-c", "" + connections, "-m", "" + streams, url(tls, "/"));
		assertThat(output).contains(requests + " succeeded, 0 failed, 0 errored, 0 timeout");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void node(boolean tls) throws Exception {
		Path script = Files.writeString(this.directory.resolve("client.js"), """
				const http2 = require('http2');
				const session = http2.connect(process.argv[2], { rejectUnauthorized: false });
				let open = 20;
				for (let i = 0; i < open; i++) {
					const stream = session.request({ ':method': 'POST', ':path': '/echo' });
					let status;
					let text = '';
					// May come after the first data, where both were read at once
					stream.on('response', (headers) => status = headers[':status']);
					stream.on('data', (data) => text += data);
					stream.on('end', () => {
						console.log(status + ' ' + text);
						if (--open === 0) {
							session.close();
						}
					});
					stream.write('part ' + i + ', ');
					stream.end('end');
				}
				""");
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			expected.add("200 part " + i + ", end");
		}
		assertThat(run("node", script.toString(), url(tls, "")).lines()).containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void jdk() throws Exception {
		java.security.KeyStore trust = java.security.KeyStore.getInstance("PKCS12");
		trust.load(null, null);
		trust.setCertificateEntry("ca", TestPki.CA.getCertificate());
		TrustManagerFactory trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trusting.init(trust);
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init(null, trusting.getTrustManagers(), null);
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(tls).build();
		URI site = URI.create(url(true, "/"));
		HttpResponse<String> first = client.send(HttpRequest.newBuilder(site).build(), BodyHandlers.ofString());
		assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(first.body()).isEqualTo("hello, world");
		byte[] body = Files.readAllBytes(upload(2_000_000));
		List<CompletableFuture<HttpResponse<String>>> pending = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			pending.add(client.sendAsync(
					HttpRequest.newBuilder(site.resolve("/hash")).POST(BodyPublishers.ofByteArray(body)).build(),
					BodyHandlers.ofString()));
		}
		for (CompletableFuture<HttpResponse<String>> each : pending) {
			assertThat(each.get().body()).isEqualTo(sha256(body));
		}
		assertThat(
				client.send(HttpRequest.newBuilder(site.resolve("/bytes/10000000")).build(), BodyHandlers.ofByteArray())
					.body())
			.hasSize(10_000_000);
	}

}
