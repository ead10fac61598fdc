package io.securestreams.transport.http2.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Connection;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * GOAWAY, refusals, silence and idleness, frame by frame.
 */
class ConnectionLifeTests {

	/** Quick where the real ones take many seconds. */
	private static final Http2Limits QUICK = new Http2Limits(65536, 1024 * 1024, 32 * 1024, 256, 16, 16, 1000, 4, 1000,
			200, 200, 200);

	/** For what is not about the head of a response. */
	private static final Http2Limits QUICK_BODY = new Http2Limits(65536, 1024 * 1024, 32 * 1024, 256, 16, 16, 1000, 4,
			1000, 200, 20_000, 200);

	private static final String[] OK = { ":status", "200" };

	private static void serve(Connection connection) throws Exception {
		Frame request = connection.awaitRequest();
		connection.headers(request.streamId(), true, OK);
		connection.awaitClose();
	}

	@Test
	void requestAboveTheLastStreamOfGoAwayIsRepeatedOnANewConnection() {
		FramePeer.Script script = (connection) -> {
			if (connection.number == 1) {
				Frame first = connection.awaitRequest();
				Frame second = connection.await(Http2FrameWriter.HEADERS);
				connection.goAway(first.streamId(), 0);
				connection.headers(first.streamId(), true, OK);
				assertThat(second.streamId()).isEqualTo(3);
				connection.awaitClose();
				return;
			}
			serve(connection);
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink first = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			Http2TestLink second = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(first.awaitEnd()).isEqualTo("completed");
			assertThat(second.awaitEnd()).isEqualTo("completed");
			assertThat(peer.connections).hasValue(2);
			assertThat(second.events).containsExactly("connected", "acknowledged", "completed");
		}
	}

	@Test
	void unprocessedRequestIsRepeatedOnceOnly() {
		FramePeer.Script script = (connection) -> {
			connection.awaitRequest();
			connection.goAway(0, Http2Error.ENHANCE_YOUR_CALM.code());
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			StreamFailure failure = client.stream(Http2Policies.get("/").build(), peer.port()).connect().awaitFailure();
			assertThat(failure.phase()).isEqualTo(Phase.CONNECTION);
			assertThat(failure.unsent()).isTrue();
			assertThat(peer.connections).hasValue(2);
		}
	}

	@Test
	void refusedStreamIsRepeatedOnce() {
		AtomicInteger requests = new AtomicInteger();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			requests.incrementAndGet();
			connection.reset(request.streamId(), Http2Error.REFUSED_STREAM.code());
			request = connection.await(Http2FrameWriter.HEADERS);
			requests.incrementAndGet();
			connection.headers(request.streamId(), true, OK);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(requests).hasValue(2);
		}
	}

	@Test
	void requestWhoseBodyIsOnItsWayIsNotRepeated() {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.await(Http2FrameWriter.DATA);
			connection.reset(request.streamId(), Http2Error.REFUSED_STREAM.code());
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.post("/").build(), peer.port()).body("body").connect();
			assertThat(link.awaitFailure().unsent()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void lostConnectionInTheBodyIsNoEnd(boolean reset) {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.headers(request.streamId(), false, OK).data(request.streamId(), false, "part");
			if (reset) {
				connection.reset(request.streamId(), Http2Error.INTERNAL_ERROR.code()).data(0, false, "");
			}
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(link.awaitFailure().phase()).isEqualTo(Phase.CONNECTION);
			assertThat(link.awaitFailure().unsent()).isFalse();
			assertThat(link.text()).isEqualTo("part");
			assertThat(link.events).doesNotContain("EOM");
		}
	}

	@Test
	void resetWithoutErrorAfterTheResponseIsNoFailure() {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.await(Http2FrameWriter.DATA);
			connection.headers(request.streamId(), true, ":status", "413").reset(request.streamId(), 0);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.post("/").build(), peer.port());
			link.body(-1,
					(capacity) -> new Http2TestLink.Slot(io.netty.buffer.Unpooled.wrappedBuffer(new byte[10]), false));
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(link.events).containsExactly("connected", "rejected", "completed");
		}
	}

	@Test
	void silentPeerIsPingedThenHungUpOn() {
		CompletableFuture<Frame> ping = new CompletableFuture<>();
		CompletableFuture<Frame> goAway = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			connection.awaitRequest();
			ping.complete(connection.await(Http2FrameWriter.PING));
			goAway.complete(connection.await(Http2FrameWriter.GOAWAY));
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").validity(50, 400).build(), peer.port()).connect();
			assertThat(link.awaitFailure().phase()).isEqualTo(Phase.VALIDITY);
			assertThat(Http2TestLink.await(ping).payload()).hasSize(8);
			assertThat(Http2TestLink.await(goAway).errorCode()).isZero();
			assertThat(link.wakes).containsExactly("held", "released");
		}
	}

	@Test
	void theSystemIsKeptAwakeUntilThePingIsAnswered() {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			Frame ping = connection.await(Http2FrameWriter.PING);
			connection.frame(Http2FrameWriter.PING, Http2FrameWriter.ACK, 0, ping.payload());
			ping = connection.await(Http2FrameWriter.PING);
			connection.headers(request.streamId(), true, OK);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").validity(20, 10_000).build(), peer.port());
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(link.wakes).containsExactly("held", "released", "held", "released");
		}
	}

	@Test
	void pingsThatAreAnsweredKeepAnIdleConnection() {
		CompletableFuture<Void> pinged = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.headers(request.streamId(), true, OK);
			for (int i = 0; i < 10; i++) {
				Frame ping = connection.await(Http2FrameWriter.PING);
				connection.frame(Http2FrameWriter.PING, Http2FrameWriter.ACK, 0, ping.payload());
			}
			pinged.complete(null);
			serve(connection);
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").validity(20, 2000).build(), peer.port());
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			Http2TestLink.await(pinged);
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(peer.connections).hasValue(1);
		}
	}

	@Test
	void pingsAreAnswered() {
		CompletableFuture<Frame> pong = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.frame(Http2FrameWriter.PING, 0, 0, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
			pong.complete(connection.await(Http2FrameWriter.PING));
			connection.headers(request.streamId(), true, OK);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(Http2TestLink.await(pong).flags()).isEqualTo(Http2FrameWriter.ACK);
			assertThat(Http2TestLink.await(pong).payload()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
			assertThat(link.awaitEnd()).isEqualTo("completed");
		}
	}

	@Test
	void idleConnectionIsClosed() {
		CompletableFuture<Frame> goAway = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.headers(request.streamId(), true, OK);
			goAway.complete(connection.await(Http2FrameWriter.GOAWAY));
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(QUICK_BODY)) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(Http2TestLink.await(goAway).errorCode()).isZero();
		}
	}

	@Test
	void responseHeadHasADeadline() {
		CompletableFuture<Frame> reset = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			connection.awaitRequest();
			reset.complete(connection.await(Http2FrameWriter.RST_STREAM));
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(QUICK)) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(link.awaitFailure().phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(Http2TestLink.await(reset).errorCode()).isEqualTo((int) Http2Error.CANCEL.code());
		}
	}

	@Test
	void bodyHasADeadlineUnlessTheReaderPauses() {
		FramePeer.Script script = (connection) -> {
			connection.settings();
			for (int i = 0; i < 2; i++) {
				int id = connection.await(Http2FrameWriter.HEADERS).streamId();
				connection.headers(id, false, OK).data(id, false, "part");
			}
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(QUICK_BODY)) {
			Http2TestLink paused = client.stream(Http2Policies.get("/").build(), peer.port());
			paused.onReceive(paused.transport()::pauseReading).connect();
			Http2TestLink link = client.stream(Http2Policies.get("/").validity(0, 0).build(), peer.port()).connect();
			assertThat(link.awaitFailure().phase()).isEqualTo(Phase.CONNECTION);
			assertThat(paused.events).doesNotContain("closed CONNECTION");
		}
	}

	@Test
	void peerThatNeverOpensItsWindowFailsTheStream() {
		FramePeer.Script script = (connection) -> {
			if (connection.number == 1) {
				connection.settings(PeerSettings.INITIAL_WINDOW_SIZE, 0);
				connection.await(Http2FrameWriter.HEADERS);
				connection.awaitClose();
				return;
			}
			serve(connection);
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(QUICK_BODY)) {
			Http2TestLink link = client.stream(Http2Policies.post("/").build(), peer.port())
				.body(500_000, Slots.pattern(500_000))
				.connect();
			assertThat(link.awaitFailure().message()).contains("takes no data");
			assertThat(client.stream(Http2Policies.get("/").build(), peer.port()).connect().awaitEnd())
				.isEqualTo("completed");
			assertThat(peer.connections).hasValue(2);
		}
	}

	@Test
	void shrinkingWindowIsObeyed() {
		CompletableFuture<Integer> received = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			connection.settings(PeerSettings.INITIAL_WINDOW_SIZE, 10);
			Frame get = connection.await(Http2FrameWriter.HEADERS);
			connection.headers(get.streamId(), true, OK);
			Frame post = connection.await(Http2FrameWriter.HEADERS);
			assertThat(connection.await(Http2FrameWriter.DATA).payload()).hasSize(10);
			// Ten used up, minus five, so six more make one
			connection.settings(PeerSettings.INITIAL_WINDOW_SIZE, 5).windowUpdate(post.streamId(), 6);
			received.complete(connection.await(Http2FrameWriter.DATA).payload().length);
			connection.headers(post.streamId(), true, OK);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			client.stream(Http2Policies.get("/").build(), peer.port()).connect().awaitEnd();
			Http2TestLink link = client.stream(Http2Policies.post("/").build(), peer.port())
				.body(100, Slots.pattern(100))
				.connect();
			assertThat(Http2TestLink.await(received)).isEqualTo(1);
			assertThat(link.awaitEnd()).isEqualTo("completed");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void longPollHalfClosesAfterTheHeadAndNeverTimesOut(boolean quirk) {
		CompletableFuture<Frame> head = new CompletableFuture<>();
		CompletableFuture<Frame> halfClose = new CompletableFuture<>();
		CompletableFuture<Void> go = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			head.complete(request);
			connection.headers(request.streamId(), false, OK);
			if (!quirk) {
				halfClose.complete(connection.await(Http2FrameWriter.DATA));
			}
			Http2TestLink.await(go);
			connection.data(request.streamId(), true, "news");
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(QUICK)) {
			Http2TestLink link = client.stream(Http2Policies.get("/").longPoll(quirk).build(), peer.port()).connect();
			boolean ended = (Http2TestLink.await(head).flags() & Http2FrameWriter.END_STREAM) != 0;
			assertThat(ended).isEqualTo(quirk);
			if (!quirk) {
				assertThat(Http2TestLink.await(halfClose).payload()).isEmpty();
				assertThat(Http2TestLink.await(halfClose).flags()).isEqualTo(Http2FrameWriter.END_STREAM);
			}
			// Another stream that times out shows that the time has passed
			Http2TestLink other = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(other.awaitFailure().message()).contains("no response");
			assertThat(link.events).doesNotContain("closed CONNECTION");
			go.complete(null);
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("news");
		}
	}

	@Test
	void toleratedWindowOverflowIsNoError() {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.windowUpdate(0, Integer.MAX_VALUE)
				.windowUpdate(request.streamId(), Integer.MAX_VALUE)
				.headers(request.streamId(), true, OK);
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").tolerant().build(), peer.port()).connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
		}
	}

	@Test
	void queuedRequestIsSentWhenAStreamEnds() {
		Http2Limits one = new Http2Limits(65536, 65535, 32 * 1024, 256, 16, 16, 1000, 1, 1, 5000, 5000, 5000);
		FramePeer.Script script = (connection) -> {
			connection.settings();
			for (int i = 0; i < 3; i++) {
				Frame request = connection.await(Http2FrameWriter.HEADERS);
				assertThat(request.streamId()).isEqualTo(2 * i + 1);
				connection.headers(request.streamId(), true, OK);
			}
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(one)) {
			Http2TestLink first = client.stream(Http2Policies.get("/").build(), peer.port());
			Http2TestLink second = client.stream(Http2Policies.get("/").build(), peer.port());
			Http2TestLink third = client.stream(Http2Policies.get("/").build(), peer.port());
			first.run(() -> {
				first.client().connect();
				second.client().connect();
				third.client().connect();
			});
			assertThat(third.awaitEnd()).isEqualTo("completed");
			assertThat(first.awaitEnd()).isEqualTo("completed");
			assertThat(peer.connections).hasValue(1);
		}
	}

	@Test
	void closedWhileWaitingIsForgotten() {
		try (FramePeer peer = new FramePeer(ConnectionLifeTests::serve);
				Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port());
			link.run(() -> {
				link.client().connect();
				link.transport().close();
				link.client().connect();
			});
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.events).containsExactly("connected", "acknowledged", "completed");
		}
	}

	@Test
	void closingTheFactoryFailsItsStreams() {
		CompletableFuture<Void> requested = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			connection.awaitRequest();
			requested.complete(null);
			connection.awaitClose();
		};
		Http2TestLink link;
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			link = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			Http2TestLink.await(requested);
		}
		assertThat(link.awaitFailure().message()).isEqualTo("engine is closed");
	}

	@Test
	void nobodyListens() {
		int port;
		try (FramePeer peer = new FramePeer(ConnectionLifeTests::serve)) {
			port = peer.port();
		}
		try (Http2TestClient client = new Http2TestClient()) {
			StreamFailure failure = client.stream(Http2Policies.get("/").perf().build(), port).connect().awaitFailure();
			assertThat(failure.phase()).isEqualTo(Phase.CONNECT);
			assertThat(failure.unsent()).isTrue();
		}
	}

}
