package io.securestreams.transport.websocket;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.TestPki;
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
 * Our server and the clients that others have written: package {@code ws} of Node.js,
 * {@code websockets} of Python, curl.
 */
@Timeout(180)
class RealClientsIT {

	private static final String PYTHON = "/usr/bin/python3";

	@TempDir
	static Path directory;

	private static ServerSite site;

	private static boolean node;

	@BeforeAll
	static void start() throws Exception {
		site = new ServerSite("\"plain\": { \"protocol\": \"ws\", \"http_url\": \"/plain\" }",
				"\"small\": { \"protocol\": \"ws\", \"http_url\": \"/small\", \"ws_deflate\": true }",
				"\"chat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", \"ws_subprotocol\": \"chat\", "
						+ "\"ws_deflate\": true }",
				"\"closed\": { \"protocol\": \"ws\", \"http_url\": \"/closed\", "
						+ "\"metadata\": [ { \"how\": \"www-authenticate:\" } ] }");
		for (String streamType : new String[] { "plain", "small", "chat" }) {
			site.listen(streamType, PieceEcho::new);
		}
		site.listen("closed", () -> new PieceEcho() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				super.onState(stream, state, ordinal);
				if (state == StreamState.SERVER_UPGRADE) {
					stream.metadata().set("how", "Basic realm=\"chat\"");
					stream.acknowledge(401);
				}
			}
		});
		node = PeerProcess.find("node") != null && PeerProcess.find("npm") != null && PeerProcess.succeeds(directory,
				"npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "ws@8");
	}

	@AfterAll
	static void stop() {
		if (site != null) {
			site.close();
		}
	}

	private static String url(String path) {
		return "ws://" + ServerSite.HOST + ":" + site.port + path;
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					/plain | false                                                                  | ''   | plain none
					/plain | true                                                                   | ''   | plain none
					/small | true                                                                   | ''   | permessage-deflate none
					/small | { "threshold": 0, "serverNoContextTakeover": true }                    | ''   | permessage-deflate none
					/small | { "threshold": 0, "clientNoContextTakeover": true }                    | ''   | permessage-deflate none
					/small | { "threshold": 0, "serverMaxWindowBits": 9, "clientMaxWindowBits": 9 } | ''   | permessage-deflate none
					/chat  | { "threshold": 0 }                                                     | chat | permessage-deflate chat
					""")
	void node(String path, String deflate, String subprotocol, String outcome) throws Exception {
		Assumptions.assumeTrue(node, "node and npm are not installed, or npm cannot fetch ws");
		assertThat(PeerProcess.output(directory, Objects.requireNonNull(PeerProcess.find("node")),
				PeerProcess.script(directory, "echo-client.mjs").toString(), url(path), deflate, subprotocol))
			.isEqualTo("OK " + outcome + "\n");
	}

	@ParameterizedTest
	@CsvSource({ "/plain, '', OK plain none", "/plain, deflate, OK plain none", "/small, deflate, OK deflate none",
			"/chat, deflate, OK deflate chat" })
	void python(String path, String compression, String outcome) throws Exception {
		Assumptions.assumeTrue(PeerProcess.succeeds(directory, PYTHON, "-c", "import websockets"),
				"python3-websockets is not installed");
		String script = PeerProcess.script(directory, "echo-client.py").toString();
		assertThat(compression.isEmpty() ? PeerProcess.output(directory, PYTHON, script, url(path))
				: PeerProcess.output(directory, PYTHON, script, url(path), compression))
			.isEqualTo(outcome + "\n");
	}

	@Test
	void overTls() throws Exception {
		Files.writeString(directory.resolve("ca.pem"), TestPki.CA.getCertificatePEM());
		String trust = directory.resolve("ca.pem").toString();
		Assumptions.assumeTrue(node || PeerProcess.succeeds(directory, PYTHON, "-c", "import websockets"),
				"neither ws nor python3-websockets is installed");
		try (TlsSite secure = new TlsSite()) {
			if (node) {
				assertThat(PeerProcess.output(directory, "/usr/bin/env", "NODE_EXTRA_CA_CERTS=" + trust,
						Objects.requireNonNull(PeerProcess.find("node")),
						PeerProcess.script(directory, "echo-client.mjs").toString(), secure.url(), "true", ""))
					.isEqualTo("OK permessage-deflate none\n");
			}
			if (PeerProcess.succeeds(directory, PYTHON, "-c", "import websockets")) {
				assertThat(PeerProcess.output(directory, "/usr/bin/env", "SSL_CERT_FILE=" + trust, PYTHON,
						PeerProcess.script(directory, "echo-client.py").toString(), secure.url(), "deflate"))
					.isEqualTo("OK deflate none\n");
			}
		}
	}

	@Test
	void nodeOverHttp2() throws Exception {
		Assumptions.assumeTrue(PeerProcess.find("node") != null, "node is not installed");
		assertThat(http2("/plain")).isEqualTo("STATUS 200\nGOT 810568656c6c6f\nEND 880203e8\n");
		assertThat(http2("/closed")).isEqualTo("STATUS 401\nEND \n");
		assertThat(http2("/chat")).isEqualTo("STATUS 400\nEND \n");
	}

	private static String http2(String path) throws Exception {
		return PeerProcess.output(directory, Objects.requireNonNull(PeerProcess.find("node")),
				PeerProcess.script(directory, "http2-client.mjs").toString(),
				"http://" + ServerSite.HOST + ":" + site.port, path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain 13 101", "/plain 8 426", "/chat 13 400", "/closed 13 401", "/else 13 404" })
	void curl(String request) throws Exception {
		String curl = PeerProcess.find("curl");
		Assumptions.assumeTrue(curl != null, "curl is not installed");
		String[] parts = request.split(" ");
		String head = PeerProcess.output(directory, Objects.requireNonNull(curl), "-s", "-i", "-m", "1", "-N",
				"--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H",
				"Sec-WebSocket-Key: " + ClientScript.KEY, "-H", "Sec-WebSocket-Version: " + parts[1],
				"http://" + ServerSite.HOST + ":" + site.port + parts[0]);
		assertThat(head).startsWith("HTTP/1.1 " + parts[2] + " ");
		switch (parts[2]) {
			case "101" -> assertThat(head).contains("sec-websocket-accept: " + ClientScript.ACCEPT);
			case "426" -> assertThat(head).contains("sec-websocket-version: 13");
			case "401" -> assertThat(head).contains("www-authenticate: Basic realm=\"chat\"");
			default -> assertThat(head).contains("content-length: 0");
		}
	}

}
