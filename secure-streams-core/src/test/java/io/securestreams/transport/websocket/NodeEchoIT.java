package io.securestreams.transport.websocket;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.stream.HttpAnswer;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Against the package {@code ws} of Node.js, which npm fetches.
 */
class NodeEchoIT extends EchoPeerContract {

	@TempDir
	static Path directory;

	private static PeerProcess server;

	private static int port;

	@BeforeAll
	static void start() throws Exception {
		Assumptions.assumeTrue(PeerProcess.find("node") != null && PeerProcess.find("npm") != null,
				"node and npm are not installed");
		Assumptions.assumeTrue(PeerProcess.succeeds(directory, "npm", "install", "--no-audit", "--no-fund",
				"--ignore-scripts", "ws@8"), "npm cannot fetch ws");
		server = start("{}");
		port = server.port();
	}

	private static PeerProcess start(String deflateOptions) throws Exception {
		Path script = PeerProcess.script(directory, "echo-server.mjs");
		return PeerProcess.start(directory,
				List.of(Objects.requireNonNull(PeerProcess.find("node")), script.toString(), deflateOptions));
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@Override
	String endpoint() {
		return at(port);
	}

	static Stream<String> deflateOptions() {
		return Stream.of("{ \"serverNoContextTakeover\": true }", "{ \"clientNoContextTakeover\": true }",
				"{ \"serverNoContextTakeover\": true, \"clientNoContextTakeover\": true }",
				"{ \"serverMaxWindowBits\": 9 }", "{ \"threshold\": 0 }", "false");
	}

	@ParameterizedTest
	@MethodSource("deflateOptions")
	void agreesOnEveryKindOfCompression(String options) throws Exception {
		try (PeerProcess peer = start(options)) {
			compress("", at(peer.port()));
		}
	}

	@Test
	void refusalsAreExplained() throws Exception {
		try (RefusedUpgradeTests.Client client = new RefusedUpgradeTests.Client(
				endpoint() + ", \"http_url\": \"/else\"")) {
			assertThat(client.failure().answer()).isNotNull()
				.extracting(HttpAnswer::status, HttpAnswer::text)
				.containsExactly(400, "Bad Request");
		}
	}

}
