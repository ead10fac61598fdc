package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Opening handshakes that arrive as extended CONNECT (RFC 8441): answers now and later,
 * and clients that do not wait for them.
 */
@Timeout(60)
class WebSocketServerOverHttp2Tests {

	private final List<String> events = new CopyOnWriteArrayList<>();

	private @Nullable ServerSite site;

	private StreamServer serve(Consumer<SecureStream> onUpgrade) throws Exception {
		ServerSite started = new ServerSite("\"chat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", "
				+ "\"metadata\": [ { \"method\": \"\" }, { \"path\": \"\" }, { \"reason\": \"x-reason:\" } ] }");
		this.site = started;
		return started.listen("chat", () -> new PieceEcho() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				super.onState(stream, state, ordinal);
				WebSocketServerOverHttp2Tests.this.events.add(state.name());
				if (state == StreamState.SERVER_UPGRADE) {
					onUpgrade.accept(stream);
				}
			}
		});
	}

	@AfterEach
	void stop() {
		if (this.site != null) {
			this.site.close();
		}
	}

	private String client(String path) {
		if (this.site == null) {
			throw new IllegalStateException();
		}
		return this.site.endpoint() + ", \"ws_over_h2\": true, \"http_url\": \"" + path + "\"";
	}

	private void awaitEvents(String... expected) {
		Awaitility.await().untilAsserted(() -> assertThat(this.events).containsExactly(expected));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void accepts(boolean later) throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		StreamServer server = serve((stream) -> {
			this.events.add(stream.metadata().get("method") + " " + stream.metadata().get("path"));
			if (later) {
				stream.pauseReceiving();
			}
			asked.complete(stream);
		});
		try (EchoStream echo = new EchoStream("", client("/chat/a"), Integer.MAX_VALUE)) {
			SecureStream stream = asked.get(20, TimeUnit.SECONDS);
			if (later) {
				assertThat(echo.states).doesNotContain(StreamState.CONNECTED);
				stream.resumeReceiving();
			}
			echo.send("hello");
			assertThat(echo.awaitText()).isEqualTo("hello");
			server.drain(Duration.ofSeconds(20)).toCompletableFuture().get(30, TimeUnit.SECONDS);
			Awaitility.await().until(() -> echo.states.contains(StreamState.DISCONNECTED));
		}
		awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "CONNECT /chat/a", "CONNECTED", "DISCONNECTED",
				"DESTROYING");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void refuses(boolean later) throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.metadata().set("reason", "full");
			if (later) {
				stream.pauseReceiving();
			}
			else {
				stream.acknowledge(410);
			}
			asked.complete(stream);
		});
		try (RefusedUpgradeTests.Client client = new RefusedUpgradeTests.Client(client("/chat"))) {
			SecureStream stream = asked.get(20, TimeUnit.SECONDS);
			if (later) {
				stream.acknowledge(410);
			}
			assertThat(client.failure().answer()).isNotNull()
				.extracting(HttpAnswer::status, HttpAnswer::text)
				.containsExactly(410, "");
			assertThat(client.reason).isEqualTo("full");
		}
		awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
	}

	@Test
	void aPathNobodyServesIsRefused() throws Exception {
		serve((stream) -> {
		});
		try (RefusedUpgradeTests.Client client = new RefusedUpgradeTests.Client(client("/else"))) {
			assertThat(client.failure().phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(client.failure().answer()).isNotNull();
		}
		assertThat(this.events).isEmpty();
	}

	@Test
	void aClientThatLeavesIsNotWaitedFor() throws Exception {
		CompletableFuture<SecureStream> asked = new CompletableFuture<>();
		serve((stream) -> {
			stream.pauseReceiving();
			asked.complete(stream);
		});
		try (EchoStream echo = new EchoStream("", client("/chat"), Integer.MAX_VALUE)) {
			asked.get(20, TimeUnit.SECONDS);
			echo.stream.close();
			awaitEvents("CREATING", "CONNECTING", "SERVER_UPGRADE", "DESTROYING");
			assertThat(asked.get().lastFailure().phase()).isEqualTo(Phase.CONNECTION);
			assertThatExceptionOfType(StreamClosedException.class).isThrownBy(asked.get()::acknowledge);
		}
	}

}
