package io.securestreams.transport.websocket.server;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.securestreams.limits.WebSocketLimits;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.websocket.ClientScript;
import io.securestreams.transport.websocket.PieceEcho;
import io.securestreams.transport.websocket.ServerScript;
import io.securestreams.transport.websocket.ServerSite;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Accepted WebSocket streams on the public API: what they are told, and what becomes of
 * what they say.
 */
@Timeout(60)
class WebSocketServerTests {

	private static final String CHAT = """
			"chat": { "protocol": "ws", "http_url": "/chat", "metadata": [ { "method": "" }, { "path": "" },
			  { "auth": "" }, { "name": "" }, { "room": "x-room:" }, { "answer": "x-answer:" },
			  { "place": "location:" } ] }""";

	private final List<String> events = new CopyOnWriteArrayList<>();

	private @Nullable ServerSite site;

	@AfterEach
	void stop() {
		if (this.site != null) {
			this.site.close();
		}
	}

	private StreamServer serve(WebSocketLimits limits, Consumer<SecureStream> onUpgrade, String... streamTypes)
			throws Exception {
		this.site = new ServerSite(limits, streamTypes);
		String name = streamTypes[0].substring(1, streamTypes[0].indexOf('"', 1));
		return this.site.listen(name, () -> new Recorder(onUpgrade));
	}

	private StreamServer serve(Consumer<SecureStream> onUpgrade) throws Exception {
		return serve(WebSocketLimits.DEFAULTS, onUpgrade, CHAT);
	}

	private ServerSite site() {
		if (this.site == null) {
			throw new IllegalStateException();
		}
		return this.site;
	}

	private void awaitEvents(String... expected) {
		Awaitility.await().untilAsserted(() -> assertThat(this.events).containsExactly(expected));
	}

	@Test
	void aStreamLivesFromItsUpgradeToItsEnd() throws Exception {
		StreamServer server = serve((stream) -> {
			for (String name : new String[] { "method", "path", "auth", "name", "room" }) {
				this.events.add(name + "=" + stream.metadata().get(name));
			}
			stream.metadata().set("answer", "welcome");
		});
		try (ClientScript client = ClientScript.open(site(), "/chat/a?name=J%20D&path=no", "X-Room: blue",
				"Authorization: Basic eA==")) {
			assertThat(client.header("x-answer")).isEqualTo("welcome");
			assertThat(client.header("x-room")).as("what has been received is not sent back").isEmpty();
			assertThat(client.text("hello").readText()).isEqualTo("hello");
			assertThat(server.clients()).hasSize(1);
			client.frames(ServerScript.close(1000, "bye"));
			assertThat(client.read().closeCode()).isEqualTo(1000);
			client.drain();
		}
		awaitEvents("CREATING", "CONNECTING", "method=GET", "path=/chat/a", "auth=Basic eA==", "name=J D", "room=blue",
				"SERVER_UPGRADE", "CONNECTED", "hello", "DISCONNECTED", "DESTROYING");
		assertThat(server.clients()).isEmpty();
	}

	/** Name, what the handler does, status of the answer. */
	static Stream<Arguments> refusals() {
		return Stream.of(refusal("reject", 404, SecureStream::reject),
				refusal("acknowledge 401", 401, (stream) -> stream.acknowledge(401)),
				refusal("answer 403", 403, (stream) -> stream.answer(403)),
				refusal("acknowledge 302", 302, (stream) -> {
					stream.metadata().set("place", "/other");
					stream.acknowledge(302);
				}), refusal("disconnect", 403, SecureStream::disconnect), refusal("close", 403, SecureStream::close),
				refusal("throw", 500, (stream) -> {
					throw new IllegalStateException("expected by the test");
				}), refusal("bad header", 500, (stream) -> stream.metadata().set("answer", "a\r\nb: c")));
	}

	private static Arguments refusal(String name, int status, Consumer<SecureStream> onUpgrade) {
		return arguments(name, status, onUpgrade);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refusals")
	void theHandlerMayRefuse(String name, int status, Consumer<SecureStream> onUpgrade) throws Exception {
		serve((stream) -> {
			stream.metadata().set("answer", "no");
			onUpgrade.accept(stream);
		});
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			assertThat(client.readHead()).isEqualTo(status);
			if (!name.equals("bad header")) {
				assertThat(client.header("x-answer")).isEqualTo("no");
			}
			assertThat(client.header("location")).isEqualTo((status == 302) ? "/other" : "");
			awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
			client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.readHead()).as("the connection goes on").isEqualTo(404);
		}
	}

	@Test
	void theHandlerMayTakeItsTime() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		});
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			client.text("early");
			SecureStream stream = asked.get(20, TimeUnit.SECONDS);
			assertThat(client.isQuiet()).isTrue();
			stream.metadata().set("answer", "at last");
			stream.resumeReceiving();
			assertThat(client.readHead()).isEqualTo(101);
			assertThat(client.header("x-answer")).isEqualTo("at last");
			assertThat(client.readText()).isEqualTo("early");
		}
	}

	@Test
	void acknowledgingAcceptsWhatIsPaused() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		});
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			SecureStream stream = asked.get(20, TimeUnit.SECONDS);
			stream.acknowledge();
			assertThat(client.readHead()).isEqualTo(101);
			client.text("later");
			assertThat(client.isQuiet()).isTrue();
			stream.resumeReceiving();
			assertThat(client.readText()).isEqualTo("later");
		}
	}

	static Stream<Arguments> laterRefusals() {
		return refusals().filter((refusal) -> !Set.of("throw", "bad header").contains(refusal.get()[0]));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("laterRefusals")
	void theHandlerMayRefuseLater(String name, int status, Consumer<SecureStream> action) throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		});
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			SecureStream stream = asked.get(20, TimeUnit.SECONDS);
			action.accept(stream);
			stream.resumeReceiving();
			assertThat(client.readHead()).isEqualTo(status);
			awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
		}
	}

	@Test
	void whoNeverAnswersUnavailable() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve(WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(2)), (stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		}, CHAT);
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			assertThat(client.readHead()).isEqualTo(503);
			awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
			assertThat(asked.get().lastFailure().phase()).isEqualTo(Phase.HANDLER);
		}
	}

	@Test
	void aClientThatLeavesIsNotWaitedFor() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		});
		try (ClientScript client = ClientScript.connect(site())) {
			client.write(ClientScript.request("/chat"));
			asked.get(20, TimeUnit.SECONDS);
		}
		awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
		assertThat(asked.get().lastFailure().phase()).isEqualTo(Phase.CONNECTION);
		assertThatExceptionOfType(StreamClosedException.class).isThrownBy(asked.get()::acknowledge);
		asked.get().resumeReceiving();
	}

	@Test
	void oneStreamtypeServesPagesAndWebSocketsWithHandlersOfTheirOwn() throws Exception {
		serve(WebSocketLimits.DEFAULTS, (stream) -> stream.handler(new PieceEcho()), """
				"site": { "protocol": "h1", "ws_subprotocol": "chat", "metadata": [ { "path": "" } ] }""");
		try (ClientScript client = ClientScript.connect(site())) {
			client.write("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.readHead()).isEqualTo(200);
			assertThat(client.header("content-length")).isEqualTo("5");
			assertThat(client.readBody(5)).isEqualTo("/page");
			client.write(ClientScript.request("/", "Sec-WebSocket-Protocol: chat"));
			assertThat(client.readHead()).isEqualTo(101);
			assertThat(client.header("sec-websocket-protocol")).isEqualTo("chat");
			assertThat(client.text("echo").readText()).isEqualTo("echo");
		}
		// The stream of the page ends with its answer
		awaitEvents("CREATING", "CONNECTING", "CONNECTED", "SERVER_TXN", "DISCONNECTED", "DESTROYING", "CREATING",
				"CONNECTING", "SERVER_UPGRADE");
	}

	@Test
	void endingTheListenerLetsMessagesFinish() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		StreamServer server = serve((stream) -> {
			if (stream.metadata().get("name") != null) {
				stream.pauseReceiving();
				asked.complete(stream);
			}
		});
		try (ClientScript client = ClientScript.open(site(), "/chat");
				ClientScript waiting = ClientScript.connect(site())) {
			waiting.write(ClientScript.request("/chat?name=w"));
			SecureStream undecided = asked.get(20, TimeUnit.SECONDS);
			SecureStream stream = server.clients().iterator().next();
			byte[] large = new byte[200_000];
			CompletionStage<Long> sent = stream.send(large);
			CompletionStage<Void> drained = server.drain(Duration.ofSeconds(30));
			int received = 0;
			ServerScript.Frame frame = client.read();
			while (frame.opcode() != 8) {
				received += frame.payload().length;
				frame = client.read();
			}
			assertThat(received).isEqualTo(large.length);
			assertThat(sent.toCompletableFuture()).isCompleted();
			assertThat(frame.closeCode()).isEqualTo(1001);
			client.frames(ServerScript.close(1001, "")).drain();
			assertThat(waiting.readHead()).isEqualTo(503);
			drained.toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(undecided.isClosed()).isTrue();
		}
	}

	@Test
	void aStreamThatIsClosedAtOnceSaysGoodbye() throws Exception {
		// That it ends at all shows that the answer has been read
		this.site = new ServerSite(WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20), Duration.ofHours(1)),
				CHAT);
		this.site.listen("chat", () -> new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.CONNECTED) {
					stream.close();
				}
			}
		});
		try (ClientScript client = ClientScript.open(site(), "/chat")) {
			assertThat(client.read().closeCode()).isEqualTo(1000);
			client.frames(ServerScript.close(1000, "")).drain();
		}
	}

	@Test
	void silentClientsArePingedAndHungUpOn() throws Exception {
		serve(WebSocketLimits.DEFAULTS, (stream) -> {
		}, "\"alive\": { \"protocol\": \"ws\", \"retry\": \"alive\" }");
		try (ClientScript client = ClientScript.open(site(), "/")) {
			assertThat(client.read().opcode()).isEqualTo(9);
			client.frames(ServerScript.frame(0x8A, ""));
			assertThat(client.read().opcode()).isEqualTo(9);
			client.drain();
		}
		awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "CONNECTED", "DISCONNECTED", "DESTROYING");
	}

	/** Records what it is told, sends messages back, and answers requests. */
	private final class Recorder implements StreamHandler {

		private final Consumer<SecureStream> onUpgrade;

		private String reply = "";

		Recorder(Consumer<SecureStream> onUpgrade) {
			this.onUpgrade = onUpgrade;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_UPGRADE) {
				try {
					this.onUpgrade.accept(stream);
				}
				finally {
					WebSocketServerTests.this.events.add(state.name());
				}
				return;
			}
			WebSocketServerTests.this.events.add(state.name());
			if (state == StreamState.SERVER_TXN) {
				this.reply = stream.metadata().get("path");
				stream.acknowledge();
				stream.requestTx();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.reply = payload.text();
			WebSocketServerTests.this.events.add(this.reply);
			stream.requestTx();
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(this.reply).end();
		}

	}

}
