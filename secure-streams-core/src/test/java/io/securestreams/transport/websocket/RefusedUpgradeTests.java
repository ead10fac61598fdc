package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.securestreams.SecureStreams;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.JdkPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A client whose upgrade is refused learns status, headers and the start of the body.
 */
@Timeout(60)
class RefusedUpgradeTests {

	private static final String TEXT = "Content-Type: text/plain\r\n";

	/** Name, answer after the status line, expected text. */
	static Stream<Arguments> bodies() {
		return Stream.of(arguments("length", TEXT + "Content-Length: 5\r\n\r\nno wayout", "no wa"),
				arguments("chunks", TEXT + "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3;x=y\r\n wa\r\n0\r\n\r\n",
						"no wa"),
				arguments("until the end",
						"Content-Type: application/problem+json; charset=utf-8\r\n\r\n{\"a\":\"κόσμε\"}",
						"{\"a\":\"κόσμε\"}"),
				arguments("too long", TEXT + "Content-Length: 100000\r\n\r\n" + "x".repeat(100_000), "x".repeat(4096)),
				arguments("cut off", TEXT + "Content-Length: 100\r\n\r\nhalf", "half"),
				arguments("bad chunks", TEXT + "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\nzz\r\n", "no"),
				arguments("empty", TEXT + "Content-Length: 0\r\n\r\n", ""),
				arguments("no type", "Content-Length: 2\r\n\r\nno", ""),
				arguments("no text", "Content-Type: image/png\r\nContent-Length: 2\r\n\r\nno", ""),
				arguments("compressed", TEXT + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno", ""));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("bodies")
	void tellsStatusHeadersAndText(String name, String answer, String text) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write("HTTP/1.1 403 Forbidden\r\nX-Reason: quota\r\n" + answer);
			socket.shutdownOutput();
			server.drain();
		}); Client client = new Client("\"endpoint\": \"127.0.0.1\", \"port\": " + peer.port())) {
			StreamFailure failure = client.failure();
			assertThat(failure.phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(failure.answer()).isNotNull()
				.extracting(HttpAnswer::status, HttpAnswer::text)
				.containsExactly(403, text);
			assertThat(failure.toString()).contains("403").doesNotContain("half");
			assertThat(client.reason).isEqualTo("quota");
		}
	}

	@Test
	void aServerThatDoesNotFinishIsNotWaitedFor() throws Exception {
		CompletableFuture<Void> done = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write(
					"HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nX-Reason: r\r\n" + TEXT + "Content-Length: 9\r\n\r\npart");
			done.get(30, TimeUnit.SECONDS);
		});
				Client client = new Client("\"endpoint\": \"127.0.0.1\", \"port\": " + peer.port(),
						Duration.ofSeconds(1))) {
			StreamFailure failure = client.failure();
			assertThat(failure.phase()).isEqualTo(Phase.BUSY);
			assertThat(failure.retryAfter()).hasSeconds(3);
			assertThat(failure.answer()).isNotNull()
				.extracting(HttpAnswer::status, HttpAnswer::text)
				.containsExactly(503, "part");
			done.complete(null);
		}
	}

	@Test
	void ourServersRefusalsAreUnderstood() throws Exception {
		try (ServerSite site = new ServerSite(
				"\"closed\": { \"protocol\": \"ws\", \"metadata\": [ { \"reason\": \"x-reason:\" } ] }")) {
			site.listen("closed", () -> new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.SERVER_UPGRADE) {
						stream.metadata().set("reason", "closed");
						stream.acknowledge(410);
					}
				}
			});
			try (Client client = new Client(site.endpoint())) {
				assertThat(client.failure().answer()).isNotNull()
					.extracting(HttpAnswer::status, HttpAnswer::text)
					.containsExactly(410, "");
				assertThat(client.reason).isEqualTo("closed");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "CREATING", "CONNECTING", "SERVER_UPGRADE" })
	void handlersThatFailAreTheServersFault(StreamState when) throws Exception {
		try (ServerSite site = new ServerSite("\"broken\": { \"protocol\": \"ws\" }")) {
			site.listen("broken", () -> new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == when) {
						throw new IllegalStateException("handler");
					}
				}
			});
			try (Client client = new Client(site.endpoint())) {
				assertThat(client.failure().answer()).isNotNull()
					.extracting(HttpAnswer::status, HttpAnswer::text)
					.containsExactly(500, "");
			}
		}
	}

	@Test
	void handlersThatFailElsewhereAreTheServersFaultToo() throws Exception {
		try (ServerSite site = new ServerSite("\"broken\": { \"protocol\": \"ws\" }")) {
			site.listen("broken", () -> new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.SERVER_UPGRADE) {
						stream.pauseReceiving();
						new Thread(() -> {
							stream.fail(new IllegalStateException("worker"));
							stream.resumeReceiving();
						}).start();
					}
				}
			});
			try (Client client = new Client(site.endpoint())) {
				assertThat(client.failure().answer()).isNotNull()
					.extracting(HttpAnswer::status, HttpAnswer::text)
					.containsExactly(500, "");
			}
		}
	}

	/** A stream that notes what it is told about its failure. */
	static final class Client implements StreamHandler, AutoCloseable {

		private final CompletableFuture<StreamFailure> failure = new CompletableFuture<>();

		private final SecureStreams streams;

		volatile @Nullable String reason;

		Client(String keys) {
			this(keys, Duration.ofSeconds(20));
		}

		Client(String keys, Duration handshake) {
			String policy = "{ \"retry\": [ { \"once\": { \"backoff\": [ 1000 ], \"conceal\": 0 } } ], "
					+ "\"s\": [ { \"c\": { \"protocol\": \"ws\", \"retry\": \"once\", "
					+ "\"metadata\": [ { \"reason\": \"x-reason:\" } ], " + keys + " } } ] }";
			this.streams = SecureStreams.builder()
				.webSocket(WebSocketLimits.DEFAULTS.withTimeouts(handshake, Duration.ofSeconds(1)))
				.policy(PolicyJson.read(policy, "test").policy())
				.eventLoopThreads(1)
				.build();
			this.streams.create("c", this).connect();
		}

		StreamFailure failure() throws Exception {
			return this.failure.get(30, TimeUnit.SECONDS);
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.UNREACHABLE) {
				this.reason = stream.metadata().get("reason");
				this.failure.complete(stream.lastFailure());
			}
		}

		@Override
		public void close() {
			this.streams.close();
		}

	}

}
