package io.securestreams.transport.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What clients must not do: each gets the right close code, its stream ends, and others
 * are served as before.
 */
@Timeout(60)
class HostileClientTests {

	private static final WebSocketLimits LIMITS = WebSocketLimits.DEFAULTS
		.withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(20))
		.toBuilder()
		.maxFrameSize(1000)
		.maxMessageSize(2500)
		.maxInflatedSize(2_000_000)
		.build();

	private final List<SecureStream> ended = new CopyOnWriteArrayList<>();

	private ServerSite site;

	private StreamServer server;

	private ClientScript bystander;

	@BeforeEach
	void start() throws Exception {
		serve(LIMITS, "");
	}

	private void serve(WebSocketLimits limits, String keys) throws IOException {
		this.site = new ServerSite(limits, "\"echo\": { \"protocol\": \"ws\", \"ws_deflate\": true" + keys + " }");
		this.server = this.site.listen("echo", Echo::new);
		this.bystander = ClientScript.open(this.site, "/");
	}

	@AfterEach
	void othersAreServed() throws Exception {
		try {
			assertThat(this.bystander.text("still there").readText()).isEqualTo("still there");
			Awaitility.await().until(() -> this.server.clients().size() == 1);
		}
		finally {
			this.bystander.close();
			this.site.close();
		}
	}

	static Stream<Arguments> violations() {
		Stream<Arguments> ofServers = HostileServerTests.violations()
			.filter((arguments) -> !arguments.get()[0].equals("masked frame"))
			.map((arguments) -> arguments(arguments.get()[0], arguments.get()[1],
					ClientScript.masked((byte[]) arguments.get()[2])));
		return Stream.concat(ofServers,
				Stream.of(arguments("frame without mask", 1002, ServerScript.text("a")),
						arguments("ping without mask", 1002, ServerScript.frame(0x89, "a")),
						arguments("close without mask", 1002, ServerScript.close(1000, ""))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("violations")
	void closesWithTheRightCode(String name, int code, byte[] frames) throws Exception {
		expectClose(code, frames);
	}

	static Stream<Arguments> compressedViolations() {
		return HostileServerTests.compressedViolations()
			.filter((arguments) -> !arguments.get()[0].equals("ratio") && !arguments.get()[0].equals("size"))
			.map((arguments) -> arguments(arguments.get()[0], arguments.get()[1],
					ClientScript.masked((byte[]) arguments.get()[2])));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("compressedViolations")
	void closesWithTheRightCodeWhenCompressed(String name, int code, byte[] frames) throws Exception {
		expectClose(code, frames, "Sec-WebSocket-Extensions: permessage-deflate");
	}

	private void expectClose(int code, byte[] frames, String... headers) throws Exception {
		try (ClientScript client = ClientScript.open(this.site, "/", headers)) {
			Thread writer = new Thread(() -> {
				try {
					client.write(frames);
				}
				catch (IOException ex) {
					// The server has had enough
				}
			});
			writer.start();
			ServerScript.Frame frame = client.read();
			while (frame.opcode() != 8) {
				frame = client.read();
			}
			assertThat(frame.closeCode()).as(frame.text()).isEqualTo(code);
			// Nobody has to wait for an answer
			writer.join();
			client.socket.shutdownOutput();
			client.drain();
		}
		Awaitility.await().until(() -> this.ended.size() == 1);
		assertThat(this.ended.get(0).lastFailure().phase()).isEqualTo(Phase.PROTOCOL);
	}

	@Test
	void whoLeavesWithoutAWordIsGone() throws Exception {
		ClientScript client = ClientScript.open(this.site, "/");
		client.frames(ServerScript.frame(0x01, "unfinished"));
		client.close();
		Awaitility.await().until(() -> this.ended.size() == 1);
		assertThat(this.ended.get(0).lastFailure().phase()).isEqualTo(Phase.CONNECTION);
	}

	@Test
	void whoDoesNotReadStopsItsOwnEchoOnly() throws Exception {
		try (ClientScript client = ClientScript.open(this.site, "/")) {
			byte[] frame = ClientScript.masked(ServerScript.frame(0x82, new byte[1000]));
			client.socket.setSoTimeout(1000);
			Thread writer = new Thread(() -> {
				try {
					for (int i = 0; i < 100_000; i++) {
						client.write(frame);
					}
				}
				catch (IOException ex) {
					// Closed below
				}
			});
			writer.start();
			for (int i = 0; i < 50; i++) {
				assertThat(this.bystander.text("round " + i).readText()).isEqualTo("round " + i);
			}
			writer.join(TimeUnit.SECONDS.toMillis(1));
			assertThat(writer.isAlive()).as("the server has stopped reading").isTrue();
			client.socket.close();
			writer.join();
		}
	}

	private final class Echo extends PieceEcho {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			super.onState(stream, state, ordinal);
			if (state == StreamState.DESTROYING) {
				HostileClientTests.this.ended.add(stream);
			}
		}

	}

}
