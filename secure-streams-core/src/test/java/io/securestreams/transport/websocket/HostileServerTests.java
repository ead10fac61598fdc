package io.securestreams.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.Deflater;

import io.securestreams.engine.spi.Address;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What servers must not do: each ends in the right state, and with the right close code
 * once the connection is open.
 */
@Timeout(60)
class HostileServerTests {

	private static final String PMCE = "Sec-WebSocket-Extensions: permessage-deflate";

	private static final byte[] NOTHING = new byte[0];

	private static final WebSocketLimits SETTINGS = WebSocketLimits.DEFAULTS
		.withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(20))
		.toBuilder()
		.maxFrameSize(1000)
		.maxMessageSize(2500)
		.maxInflatedSize(2_000_000)
		.build();

	private static TestRuntime runtime;

	@BeforeAll
	static void start() {
		runtime = TestRuntime.create("auto");
	}

	@AfterAll
	static void stop() {
		runtime.close();
	}

	private static StreamDouble client(Policies policy, int port, WebSocketLimits settings) {
		StreamDouble link = new StreamDouble(runtime.loops().next(), policy.build(),
				new Address.Host("127.0.0.1", port));
		return link.transport(Factories.of(runtime, settings).webSocket().client(link));
	}

	/** Name, expected phase, answer with {@code $A} for the right accept value. */
	static Stream<Arguments> answers() {
		String head = "HTTP/1.1 101 Switching Protocols\r\n";
		String upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
		String accept = "Sec-WebSocket-Accept: $A\r\n";
		String good = head + upgrade + accept;
		return Stream.of(
				arguments("bad accept", Phase.HANDSHAKE, head + upgrade + "Sec-WebSocket-Accept: abcd\r\n\r\n"),
				arguments("no accept", Phase.HANDSHAKE, head + upgrade + "\r\n"),
				arguments("two accepts", Phase.HANDSHAKE, good + accept + "\r\n"),
				arguments("no upgrade", Phase.HANDSHAKE, head + "Connection: Upgrade\r\n" + accept + "\r\n"),
				arguments("wrong upgrade", Phase.HANDSHAKE,
						head + "Upgrade: h2c\r\nConnection: Upgrade\r\n" + accept + "\r\n"),
				arguments("no connection", Phase.HANDSHAKE, head + "Upgrade: websocket\r\n" + accept + "\r\n"),
				arguments("subprotocol not offered", Phase.HANDSHAKE, good + "Sec-WebSocket-Protocol: chat\r\n\r\n"),
				arguments("extension not offered", Phase.HANDSHAKE, good + PMCE + "\r\n\r\n"),
				arguments("not found", Phase.HANDSHAKE, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
				arguments("plain page", Phase.HANDSHAKE, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
				arguments("busy", Phase.BUSY, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n"),
				arguments("too many", Phase.BUSY, "HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\n\r\n"),
				arguments("redirect not allowed", Phase.REDIRECT,
						"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
				arguments("HTTP/1.0", Phase.PROTOCOL,
						"HTTP/1.0 101 Switching Protocols\r\n" + upgrade + accept + "\r\n"),
				arguments("no HTTP", Phase.PROTOCOL, "220 mail.example.com ESMTP\r\n\r\n"),
				arguments("bare line feeds", Phase.PROTOCOL, (good + "\r\n").replace("\r", "")),
				arguments("folded header", Phase.PROTOCOL, good + "X-Long: a\r\n b\r\n\r\n"),
				arguments("head too long", Phase.PROTOCOL, good + "X-Long: " + "x".repeat(100_000)),
				arguments("endless interim responses", Phase.PROTOCOL, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)),
				arguments("end instead of an answer", Phase.HANDSHAKE, ""),
				arguments("end inside the answer", Phase.HANDSHAKE, good));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("answers")
	void refusesAnswer(String name, Phase phase, String answer) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write(answer.replace("$A", server.accept()));
			socket.shutdownOutput();
			server.drain();
		})) {
			StreamDouble link = client(Policies.client(), peer.port(), SETTINGS).connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).as(failure.message()).isEqualTo(phase);
			assertThat(failure.unsent()).isTrue();
			assertThat(failure.retryAfter()).isEqualTo((phase == Phase.BUSY) ? Duration.ofSeconds(7) : null);
			assertThat(link.events).containsExactly("timings", "closed");
			peer.awaitServed();
		}
	}

	/** Name, headers of the answer. */
	static Stream<Arguments> negotiations() {
		return Stream.of(arguments("unknown parameter", PMCE + "; mystery=1"),
				arguments("window bits of the client", PMCE + "; client_max_window_bits=10"),
				arguments("window bits out of range", PMCE + "; server_max_window_bits=16"),
				arguments("window bits without a value", PMCE + "; server_max_window_bits"),
				arguments("parameter twice", PMCE + "; server_no_context_takeover; server_no_context_takeover"),
				arguments("extension twice", PMCE + ", permessage-deflate"),
				arguments("other extension", "Sec-WebSocket-Extensions: x-webkit-deflate-frame"),
				arguments("malformed", PMCE + "; =1"));
	}

	@Test
	void anEmptyListOfExtensionsAgreesOnNone() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket, "Sec-WebSocket-Extensions: ");
			assertThat(server.read().closeCode()).isEqualTo(1000);
			server.write(ServerScript.close(1000, ""));
		})) {
			StreamDouble link = client(Policies.client().deflate(), peer.port(), SETTINGS).connect();
			TestLink.await(link.connected);
			link.run(() -> link.transport().close());
			peer.awaitServed();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("negotiations")
	void refusesCompressionThatWasNotOffered(String name, String header) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> ServerScript.open(socket, header).drain())) {
			StreamDouble link = client(Policies.client().deflate(), peer.port(), SETTINGS).connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.HANDSHAKE);
			peer.awaitServed();
		}
	}

	/** Name, expected close code, frames. */
	static Stream<Arguments> violations() {
		return Stream.of(arguments("masked frame", 1002, bytes(0x81, 0x81, 1, 2, 3, 4, 'a' ^ 1)),
				arguments("RSV1 without an extension", 1002, ServerScript.frame(0xC1, "a")),
				arguments("RSV2", 1002, ServerScript.frame(0xA1, "a")),
				arguments("RSV3", 1002, ServerScript.frame(0x91, "a")),
				arguments("RSV1 in a ping", 1002, ServerScript.frame(0xC9, "a")),
				arguments("opcode 3", 1002, ServerScript.frame(0x83, "a")),
				arguments("opcode 7", 1002, ServerScript.frame(0x87, NOTHING)),
				arguments("opcode 11", 1002, ServerScript.frame(0x8B, NOTHING)),
				arguments("opcode 15", 1002, ServerScript.frame(0x8F, "a")),
				arguments("fragmented ping", 1002, ServerScript.frame(0x09, "a")),
				arguments("fragmented close", 1002, ServerScript.frame(0x08, NOTHING)),
				arguments("ping of 126 bytes", 1002, ServerScript.frame(0x89, new byte[126])),
				arguments("16 bit length for 125", 1002, bytes(0x82, 126, 0, 125)),
				arguments("64 bit length for 65535", 1002, bytes(0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)),
				arguments("negative length", 1002, bytes(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0)),
				arguments("continuation without a message", 1002, ServerScript.frame(0x80, "a")),
				arguments("message inside a message", 1002,
						join(ServerScript.frame(0x01, "a"), ServerScript.frame(0x81, "b"))),
				arguments("frame too long", 1009, ServerScript.frame(0x82, new byte[1001])),
				arguments("frame of 2^62 bytes", 1009, bytes(0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0)),
				arguments("message too long", 1009,
						join(ServerScript.frame(0x02, new byte[1000]), ServerScript.frame(0x00, new byte[1000]),
								ServerScript.frame(0x00, new byte[1000]))),
				arguments("text that is not UTF-8", 1007, ServerScript.frame(0x81, bytes('a', 0xC0, 0x80))),
				arguments("surrogate", 1007, ServerScript.frame(0x81, bytes(0xED, 0xA0, 0x80))),
				arguments("text that ends inside a character", 1007, ServerScript.frame(0x81, bytes('a', 0xE2, 0x82))),
				arguments("bad character across fragments", 1007,
						join(ServerScript.frame(0x01, bytes(0xF4)), ServerScript.frame(0x00, bytes(0x90)))),
				arguments("close frame with one byte", 1002, ServerScript.frame(0x88, bytes(3))),
				arguments("close code 1005", 1002, ServerScript.close(1005, "")),
				arguments("close code 1006", 1002, ServerScript.close(1006, "")),
				arguments("close code 999", 1002, ServerScript.close(999, "")),
				arguments("close code 2000", 1002, ServerScript.close(2000, "")),
				arguments("close code 5000", 1002, ServerScript.close(5000, "")),
				arguments("close reason that is not UTF-8", 1007, ServerScript.frame(0x88, bytes(3, 0xE8, 0xFF))),
				arguments("ping flood", 1008, repeat(ServerScript.frame(0x89, NOTHING), 100_000)),
				arguments("pong flood", 1008, repeat(ServerScript.frame(0x8A, "x"), 100_000)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("violations")
	void closesWithTheRightCode(String name, int code, byte[] frames) throws Exception {
		expectClose(Policies.client(), null, SETTINGS, code, frames);
	}

	/** Name, expected close code, frames after compression was agreed on. */
	static Stream<Arguments> compressedViolations() {
		return Stream.of(
				arguments("RSV1 in a continuation", 1002,
						join(ServerScript.frame(0x41, bytes(0xf2, 0x48)), ServerScript.frame(0xC0, bytes(0xcd)))),
				arguments("RSV2", 1002, ServerScript.frame(0xE1, bytes(0xf2))),
				arguments("RSV1 in a pong", 1002, ServerScript.frame(0xCA, "a")),
				arguments("damaged data", 1007, ServerScript.frame(0xC2, bytes(0xFF, 0xFF, 0xFF, 0xFF))),
				arguments("compressed text that is not UTF-8", 1007,
						ServerScript.frame(0xC1, deflate(bytes('a', 0xFF, 'b')))),
				arguments("size", 1009, ServerScript.frame(0xC2, deflate(noise(3000)))),
				arguments("ratio", 1009, ServerScript.frame(0xC2, deflate(new byte[1_500_000]))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("compressedViolations")
	void closesWithTheRightCodeWhenCompressed(String name, int code, byte[] frames) throws Exception {
		WebSocketLimits settings = name.equals("ratio")
				? SETTINGS.toBuilder().maxFrameSize(10_000).maxMessageSize(0).maxInflatedSize(2_000_000).build()
				: name.equals("size")
						? SETTINGS.toBuilder().maxFrameSize(10_000).maxMessageSize(0).maxInflatedSize(2_000).build()
						: SETTINGS;
		expectClose(Policies.client().deflate(), PMCE, settings, code, frames);
	}

	private static void expectClose(Policies policy, @Nullable String header, WebSocketLimits settings, int code,
			byte[] frames) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = (header != null) ? ServerScript.open(socket, header) : ServerScript.open(socket);
			Thread writer = new Thread(() -> {
				try {
					server.write(frames);
				}
				catch (java.io.IOException ex) {
					// The client has had enough
				}
			});
			writer.start();
			ServerScript.Frame frame = server.read();
			while (frame.opcode() == 0xA) {
				frame = server.read();
			}
			assertThat(frame.opcode()).isEqualTo(8);
			assertThat(frame.closeCode()).as(frame.text()).isEqualTo(code);
			// Nobody has to wait for an answer; had the close frame to be read in a
			// short time, what is left of a flood could overtake it with a reset
			writer.join();
			socket.shutdownOutput();
			server.drain();
		})) {
			StreamDouble link = client(policy, peer.port(), settings).connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.PROTOCOL);
			assertThat(failure.unsent()).isFalse();
			assertThat(link.pieces).noneMatch(StreamDouble.Piece::isEnd);
			assertThat(link.events).containsExactly("connected", "timings", "closed");
			peer.awaitServed();
		}
	}

	static byte[] deflate(byte[] plain) {
		Deflater deflater = new Deflater(9, true);
		deflater.setInput(plain);
		byte[] out = new byte[plain.length + 100];
		int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(out, length - 4);
	}

	private static byte[] noise(int length) {
		byte[] noise = new byte[length];
		new java.util.Random(1).nextBytes(noise);
		return noise;
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	private static byte[] repeat(byte[] part, int times) {
		byte[] all = new byte[part.length * times];
		for (int i = 0; i < times; i++) {
			System.arraycopy(part, 0, all, i * part.length, part.length);
		}
		return all;
	}

}
