package io.securestreams.transport.websocket;

import java.util.Random;

import io.securestreams.stream.StreamState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client stream does with any server that sends everything back at {@code /echo},
 * knows subprotocol {@code lws-minimal} and permessage-deflate.
 */
@Timeout(180)
abstract class EchoPeerContract {

	/** Where the peer is, as keys of the streamtype. */
	abstract String endpoint();

	/** Other sections of the policy that {@link #endpoint()} refers to. */
	String sections() {
		return "";
	}

	/** Where binary messages come back as such. */
	String binaryPath() {
		return "/echo";
	}

	static String at(int port) {
		return "\"endpoint\": \"127.0.0.1\", \"port\": " + port;
	}

	private EchoStream echo(String keys) {
		return echo(keys, Integer.MAX_VALUE);
	}

	private EchoStream echo(String keys, int fragment) {
		String path = keys.contains("ws_binary") ? binaryPath() : "/echo";
		return new EchoStream(sections(), endpoint() + ", \"http_url\": \"" + path + "\"" + keys, fragment);
	}

	@Test
	void echoesText() throws Exception {
		try (EchoStream echo = echo("")) {
			echo.send("");
			echo.send("κόσμε \uD83D\uDE00");
			echo.send("x".repeat(70_000));
			assertThat(echo.awaitText()).isEmpty();
			assertThat(echo.awaitText()).isEqualTo("κόσμε \uD83D\uDE00");
			assertThat(echo.awaitText()).hasSize(70_000);
			assertThat(echo.states).containsExactly(StreamState.CREATING, StreamState.CONNECTING,
					StreamState.CONNECTED);
		}
	}

	@Test
	void echoesBinary() throws Exception {
		try (EchoStream echo = echo(", \"ws_binary\": true")) {
			for (int length : new int[] { 0, 1, 125, 126, 65535, 65536, 70_000 }) {
				byte[] message = noise(length);
				echo.send(message);
				assertThat(echo.await()).isEqualTo(message);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void echoesTenMebibytesInFragments(boolean deflate) throws Exception {
		byte[] bulk = noise(10 * 1024 * 1024);
		try (EchoStream echo = echo(", \"ws_binary\": true, \"ws_deflate\": " + deflate, 50_000)) {
			echo.send(bulk);
			assertThat(java.util.Arrays.equals(echo.await(), bulk)).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void echoesTenThousandMessagesInOrder(boolean deflate) throws Exception {
		try (EchoStream echo = echo(", \"ws_deflate\": " + deflate)) {
			for (int i = 0; i < 10_000; i++) {
				echo.send("message number " + i + " of ten thousand, compressible");
			}
			for (int i = 0; i < 10_000; i++) {
				assertThat(echo.awaitText()).isEqualTo("message number " + i + " of ten thousand, compressible");
			}
		}
	}

	@Test
	void agreesOnASubprotocol() throws Exception {
		try (EchoStream echo = echo(", \"ws_subprotocol\": \"lws-minimal\"")) {
			echo.send("hello");
			assertThat(echo.awaitText()).isEqualTo("hello");
		}
	}

	@Test
	void doesNotConnectWithoutItsSubprotocol() {
		try (EchoStream echo = echo(", \"ws_subprotocol\": \"unheard-of\"")) {
			org.awaitility.Awaitility.await().until(() -> echo.states.contains(StreamState.ALL_RETRIES_FAILED));
			assertThat(echo.states).doesNotContain(StreamState.CONNECTED)
				.filteredOn((state) -> state == StreamState.UNREACHABLE)
				.hasSize(3);
		}
	}

	@Test
	void echoesCompressedMessagesOfAllSizes() throws Exception {
		compress(sections(), endpoint());
	}

	/** Sizes from nothing to 128 KiB, in one piece and in fragments. */
	static void compress(String sections, String endpoint) throws Exception {
		String keys = endpoint + ", \"http_url\": \"/echo\", \"ws_deflate\": true";
		for (int fragment : new int[] { Integer.MAX_VALUE, 1000 }) {
			try (EchoStream echo = new EchoStream(sections, keys, fragment)) {
				for (int round = 0; round < 10; round++) {
					for (int size = 0; size <= 128 * 1024; size = Math.max(size * 2, 16)) {
						echo.send(text(round, size));
					}
				}
				for (int round = 0; round < 10; round++) {
					for (int size = 0; size <= 128 * 1024; size = Math.max(size * 2, 16)) {
						assertThat(echo.awaitText()).isEqualTo(text(round, size));
					}
				}
			}
		}
	}

	private static String text(int seed, int length) {
		StringBuilder text = new StringBuilder(length);
		Random random = new Random(seed);
		while (text.length() < length) {
			text.append("{\"key\":").append(random.nextInt(1000)).append(",\"value\":\"κόσμε\"},");
		}
		text.setLength(length);
		return text.toString();
	}

	private static byte[] noise(int length) {
		byte[] noise = new byte[length];
		new Random(length).nextBytes(noise);
		return noise;
	}

}
