package io.securestreams.transport.contract;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.contract.CuttingPeer.Point;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a message of {@code send()}, wherever its first connection ends and
 * whatever the application does then: it goes out again as a whole or not at all, and the
 * future, the ordinal and the states tell the same story, which is what the peer has
 * seen.
 */
@Timeout(120)
class KeptMessageTests {

	/** Several slots, and more than the first windows of HTTP/2. */
	private static final byte[] MESSAGE = new byte[150_000];

	static {
		new Random(7).nextBytes(MESSAGE);
	}

	private static SecureStreams streams;

	@BeforeAll
	static void start() {
		streams = SecureStreams.builder().policy(PolicyJson.read("{ \"s\": [] }", "test").policy()).build();
	}

	@AfterAll
	static void stop() {
		streams.close();
	}

	/** What happens when the first connection has got as far as it is to. */
	private enum Then {

		/** The peer closes it. */
		PEER_CLOSES,
		/** The peer closes it, and by then the policy says something else. */
		POLICY_CHANGES, HANG_UP, DISCONNECT, CLOSE

	}

	static Stream<Arguments> cases() {
		return Stream.of("h1 POST", "h1 PUT", "h2 POST", "h2 PUT", "ws", "raw")
			.flatMap((way) -> Arrays.stream(Point.values())
				.flatMap((point) -> Arrays.stream(Then.values()).map((then) -> Arguments.of(way, point, then))));
	}

	private static Policy policy(String way, int port) {
		String protocol = way.substring(0, way.contains(" ") ? 2 : way.length());
		String http = protocol.startsWith("h") ? ", \"http_method\": \"%s\", \"http_url\": \"/pay\"%s"
			.formatted(way.substring(3), protocol.equals("h2") ? ", \"h2_prior_knowledge\": true" : "") : "";
		String webSocket = protocol.equals("ws") ? ", \"http_url\": \"/\", \"ws_binary\": true" : "";
		return PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 3, "jitterpc": 1 } } ],
				  "s": [ { "kept": { "endpoint": "127.0.0.1", "port": %d, "retry": "quick",
				  "protocol": "%s"%s%s } } ] }
				""".formatted(port, protocol, http, webSocket), "test").policy();
	}

	@ParameterizedTest(name = "{0}, {1}, {2}")
	@MethodSource("cases")
	void allTellTheSameStory(String way, Point point, Then then) throws Exception {
		String protocol = way.substring(0, way.contains(" ") ? 2 : way.length());
		boolean cuts = then == Then.PEER_CLOSES;
		List<String> states = new CopyOnWriteArrayList<>();
		SecureStream stream = null;
		try (CuttingPeer peer = new CuttingPeer(protocol, point, cuts, MESSAGE.length);
				CuttingPeer other = new CuttingPeer("ws", null, false, MESSAGE.length)) {
			streams.updatePolicy((before) -> policy(way, peer.port()));
			StreamHandler handler = new StreamHandler() {

				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					states.add(state + " " + ordinal);
				}

			};
			stream = streams.create("kept", handler);
			CompletableFuture<Long> sent = stream.send(MESSAGE).toCompletableFuture();
			assertThat(peer.reached.await(20, TimeUnit.SECONDS)).as("the first connection").isTrue();
			act(then, stream, other);
			if (then == Then.CLOSE || then == Then.DISCONNECT) {
				// Else it is a race with the end of the connection
				await(sent::isDone);
			}
			peer.done.countDown();
			Outcome outcome = Outcome.of(sent);
			if (outcome.failure() == null) {
				List<byte[]> arrived = (then == Then.POLICY_CHANGES && peer.messages.isEmpty()) ? other.messages
						: peer.messages;
				boolean handedOver = !way.startsWith("h");
				if (!handedOver && then != Then.POLICY_CHANGES) {
					await(() -> states.stream().anyMatch((state) -> state.startsWith("QOS_ACK")));
				}
				assertWhole(arrived, handedOver && point != Point.WHOLE && point != Point.ANSWER);
			}
			assertOnlyWhole(peer.messages);
			assertOnlyWhole(other.messages);
			assertStory(way, point, then, outcome, states, peer, other);
		}
		finally {
			if (stream != null) {
				stream.close();
			}
		}
	}

	private static void act(Then then, SecureStream stream, CuttingPeer other) {
		switch (then) {
			case HANG_UP -> stream.hangUp();
			case DISCONNECT -> stream.disconnect();
			case CLOSE -> stream.close();
			case POLICY_CHANGES -> {
				streams.updatePolicy((before) -> policy("ws", other.port()));
				stream.hangUp();
			}
			default -> {
			}
		}
	}

	private static void await(BooleanSupplier condition) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition::getAsBoolean);
	}

	/** What a transport has got it may have lost, where nobody acknowledges. */
	private static void assertWhole(List<byte[]> arrived, boolean mayBeLost) {
		if (!mayBeLost) {
			await(() -> !arrived.isEmpty());
			assertThat(arrived).as("messages at the peer").isNotEmpty();
		}
	}

	private static void assertOnlyWhole(List<byte[]> arrived) {
		for (byte[] message : arrived) {
			assertThat(Arrays.equals(message, MESSAGE)).as("a message of " + message.length + " bytes is whole")
				.isTrue();
		}
	}

	private static void assertStory(String way, Point point, Then then, Outcome outcome, List<String> states,
			CuttingPeer peer, CuttingPeer other) {
		Throwable failure = outcome.failure();
		List<String> acknowledged = states.stream().filter((state) -> state.startsWith("QOS_ACK")).toList();
		boolean http = way.startsWith("h");
		boolean idempotent = !way.endsWith("POST");
		String story = outcome + " " + states + ", asked " + peer.asked + " " + other.asked;
		if (http) {
			if (failure != null) {
				assertThat(acknowledged).as(story).isEmpty();
				assertThat(peer.answered).as(story).isEmpty();
			}
			else if (other.asked.isEmpty()) {
				assertThat(acknowledged).as(story).containsExactly("QOS_ACK_REMOTE " + outcome.ordinal());
				assertThat(peer.answered).as(story).hasSize(1);
			}
			if (!idempotent && !peer.asked.isEmpty()) {
				assertThat(peer.asked).as(story).hasSize(1);
				assertThat(other.asked).as(story).isEmpty();
			}
		}
		switch (then) {
			case DISCONNECT, CLOSE -> {
				if (http || point != Point.WHOLE && point != Point.ANSWER) {
					assertThat(peer.connections()).as(story).isEqualTo(1);
				}
				if (http) {
					assertThat(failure).as(story)
						.isInstanceOf((then == Then.CLOSE) ? StreamClosedException.class : SendFailedException.class);
				}
			}
			default -> {
				if (http && idempotent) {
					assertThat(failure).as(story).isNull();
				}
				else if (http && peer.asked.contains(1)) {
					assertThat(failure).as(story).isInstanceOf(SendFailedException.class);
				}
			}
		}
	}

	/**
	 * Slots are offered that go nowhere: the stream is paused, and has not heard the end.
	 */
	@Test
	void whatIsSentIntoAWebSocketThatHasEndedIsNotTakenForSent() throws Exception {
		try (SecureStreams servers = SecureStreams.builder().policy(PolicyJson.read("""
				{ "s": [ { "site": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "ws",
				  "http_url": "/", "ws_binary": true } } ] }
				""", "test").policy()).build()) {
			StreamServer server = servers.listen("site", () -> new StreamHandler() {

				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.CONNECTED) {
						stream.send(new byte[] { 1 });
						stream.send(new byte[] { 2 }).thenRun(stream::close);
					}
				}

			});
			streams.updatePolicy((before) -> policy("ws", ((InetSocketAddress) server.address()).getPort()));
			CountDownLatch paused = new CountDownLatch(1);
			SecureStream stream = streams.create("kept", new StreamHandler() {

				@Override
				public void onReceive(SecureStream receiver, Payload payload) {
					receiver.pauseReceiving();
					paused.countDown();
				}

			});
			stream.connect();
			assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();
			server.close();
			// Until the end has been seen, what is sent may still get there
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
				Outcome outcome = Outcome.of(stream.send(new byte[1000]).toCompletableFuture());
				return outcome.failure() instanceof SendFailedException;
			});
			stream.close();
		}
	}

	/**
	 * How a future has ended.
	 *
	 * @param ordinal what it has given
	 * @param failure why it has failed, or {@code null}
	 */
	private record Outcome(long ordinal, @Nullable Throwable failure) {

		static Outcome of(CompletableFuture<Long> sent) throws Exception {
			try {
				return new Outcome(sent.get(20, TimeUnit.SECONDS), null);
			}
			catch (ExecutionException ex) {
				return new Outcome(-1, ex.getCause());
			}
		}

	}

}
