package io.securestreams.demo.peers;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server program, started from its jar with a heap of 64 MiB, against curl, h2load,
 * wrk, Node.js, Python, openssl and netcat.
 */
@Timeout(120)
class ServerPeersIT {

	private static final long GIBIBYTE = 1L << 30;

	/** Of {@code yes 0123456789abcde | head -c 1073741824 | sha256sum}. */
	private static final String GIBIBYTE_HASH = "764d884aec3dc002c5e27e7a1e1de30ecb05e28dcddda25b6df8cd1bf188ffd5";

	@TempDir
	static Path directory;

	private static DemoServer server;

	private static String http;

	private static String https;

	@BeforeAll
	static void startServer() throws Exception {
		server = new DemoServer(directory);
		http = "http://127.0.0.1:" + server.port("page");
		https = "https://localhost:" + server.port("page-tls");
	}

	@AfterAll
	static void stopServer() {
		if (server != null) {
			server.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "--http1.1,1.1", "--http2-prior-knowledge,2" })
	void curlWithoutTls(String option, String version) throws Exception {
		assertThat(curl(option + " " + http + "/")).contains("Served by Secure Streams").endsWith(" 200 " + version);
		assertThat(curl("-I " + option + " " + http + "/download/5")).contains("content-length: 5\r\n");
		assertThat(curl("-X DELETE " + option + " " + http + "/")).endsWith(" 405 " + version);
	}

	@ParameterizedTest
	@CsvSource({ "--http1.1,1.1", "--http2,2" })
	void curlWithTls(String option, String version) throws Exception {
		assertThat(curl(option + " --cacert ca.pem " + https + "/")).endsWith(" 200 " + version);
		assertThat(curl(option + " --cacert ca.pem " + https + "/nothing")).isEqualTo(" 404 " + version);
		assertThat(curl(option + " " + https + "/")).contains("SSL certificate problem").endsWith(" 000 0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http1.1 %s", "--http2 --cacert ca.pem %s" })
	void gibibyteDownload(String option) throws Exception {
		String curl = option.formatted(option.contains("--cacert") ? https : http);
		assertThat(run("curl -sS " + curl + "/download/" + GIBIBYTE + " | sha256sum | cut -c1-64"))
			.isEqualTo(GIBIBYTE_HASH + "\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http1.1 %s", "--http2 --cacert ca.pem %s" })
	void uploads(String option) throws Exception {
		String curl = option.formatted(option.contains("--cacert") ? https : http);
		run("head -c 100000000 /dev/urandom > body");
		String hash = run("sha256sum < body | cut -c1-64").strip();
		assertThat(run("curl -sS -T - " + curl + "/upload < body"))
			.isEqualTo("100000000 bytes, SHA-256 " + hash + "\n");
		assertThat(run("curl -sS --data-binary @body " + curl + "/upload"))
			.isEqualTo("100000000 bytes, SHA-256 " + hash + "\n");
	}

	@Test
	void form() throws Exception {
		run("head -c 3000000 /dev/urandom > file");
		String hash = run("sha256sum < file | cut -c1-64").strip();
		assertThat(run("curl -sS -F note=hello -F 'file=@file;filename=a b.bin' " + http + "/upload")).isEqualTo(
				"field note: 5 bytes, SHA-256 " + "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"
						+ "file file (a b.bin): 3000000 bytes, SHA-256 " + hash + "\n");
	}

	@Test
	void h2load() throws Exception {
		require("h2load");
		for (String url : new String[] { http + "/", https + "/", https + "/download/100000" }) {
			assertThat(run("h2load -n 2000 -c 10 -m 20 " + url)).as(url)
				.contains("2000 succeeded, 0 failed, 0 errored", "status codes: 2000 2xx");
		}
	}

	@Test
	void wrk() throws Exception {
		require("wrk");
		for (String url : new String[] { http + "/", https + "/" }) {
			assertThat(run("wrk -t 1 -c 32 -d 2s " + url)).as(url)
				.contains("requests in")
				.doesNotContain("Socket errors", "Non-2xx", " 0 requests in");
		}
	}

	@Test
	void aThousandMembersChat() throws Exception {
		require("node");
		require("npm");
		Assumptions.assumeTrue(
				PeerPrograms.succeeds(directory, "npm install --no-audit --no-fund --ignore-scripts ws@8"),
				"npm cannot fetch ws");
		Assumptions.assumeTrue(PeerPrograms.succeeds(directory, "/usr/bin/python3 -c 'import websockets'"),
				"python3-websockets is not installed");
		script("chat-crowd.mjs");
		script("chat-speaker.py");
		String chat = http.replace("http", "ws") + "/chat";
		String speak = "/usr/bin/python3 chat-speaker.py " + https.replace("http", "ws") + "/chat 20 ca.pem";
		assertThat(run("node chat-crowd.mjs " + chat + " 1000 20 | while read line; do echo $line; "
				+ "if [ \"$line\" = READY ]; then " + speak + "; fi; done"))
			.isEqualTo(
					"READY\nWelcome, Python.\nsaid 20 lines, closed with 1000\n1000 members heard 20 lines in order\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http1.1", "--http2" })
	void onlyMembersGetToTheirPage(String option) throws Exception {
		String members = "https://localhost:" + server.port("members") + "/";
		String curl = "curl -sS --cacert ca.pem " + option + " ";
		assertThat(run(curl + "--cert alice.pem --key alice.key " + members)).isEqualTo("Good morning, CN=Alice.\n");
		assertThat(run(curl + members + "; true")).startsWith("curl: ").doesNotContain("Good morning");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tls1_2", "tls1_3" })
	void opensslWithAClientCertificate(String version) throws Exception {
		String client = "openssl s_client -" + version + " -connect localhost:" + server.port("members")
				+ " -CAfile ca.pem -verify_return_error -quiet -ign_eof";
		String request = "printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | ";
		assertThat(run(request + client + " -cert alice.pem -key alice.key 2>/dev/null"))
			.startsWith("HTTP/1.1 200 OK\r\n")
			.endsWith("Good morning, CN=Alice.\n");
		assertThat(run(request + client + " 2>&1; true")).contains("alert").doesNotContain("Good morning");
	}

	@Test
	void netcat() throws Exception {
		require("nc");
		String nc = "nc -N 127.0.0.1 " + server.port("echo");
		assertThat(run("printf 'one\\ntwo\\n' | " + nc)).isEqualTo("one\ntwo\n");
		run("head -c 20000000 /dev/urandom > bytes");
		assertThat(run(nc + " < bytes | cmp - bytes && echo same")).isEqualTo("same\n");
	}

	private static String curl(String arguments) throws Exception {
		return run("curl -sS -w ' %{http_code} %{http_version}' " + arguments);
	}

	private static String run(String command) throws Exception {
		return PeerPrograms.run(directory, command);
	}

	private static void require(String program) throws Exception {
		Assumptions.assumeTrue(PeerPrograms.succeeds(directory, "command -v " + program),
				() -> program + " is not installed");
	}

	private static void script(String name) throws Exception {
		try (InputStream script = ServerPeersIT.class.getResourceAsStream(name)) {
			Files.copy(Objects.requireNonNull(script), directory.resolve(name));
		}
	}

}
