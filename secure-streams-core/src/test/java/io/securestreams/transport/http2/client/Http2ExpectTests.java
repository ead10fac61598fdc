package io.securestreams.transport.http2.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.securestreams.limits.HttpClientLimits;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.client.Http2TestLink.Slot;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code Expect: 100-continue}, RFC 9110 section 10.1.1.
 */
class Http2ExpectTests {

	private static Http2TestLink expecting(Http2TestClient client, FramePeer peer) {
		Http2TestLink link = client.stream(Http2Policies.post("/").metadata("expect", "expect:").build(), peer.port());
		link.metadata().set("expect", "100-continue");
		return link;
	}

	@Test
	void bodyWaitsForContinue() {
		CompletableFuture<Boolean> early = new CompletableFuture<>();
		CompletableFuture<Void> asked = new CompletableFuture<>();
		CompletableFuture<String> body = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			early.complete(asked.isDone());
			connection.headers(request.streamId(), false, ":status", "100");
			body.complete(new String(connection.await(Http2FrameWriter.DATA).payload(), StandardCharsets.US_ASCII));
			connection.headers(request.streamId(), true, ":status", "204");
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			IntFunction<@Nullable Slot> slots = Slots.of("body".getBytes(StandardCharsets.US_ASCII));
			Http2TestLink link = expecting(client, peer).body(4, (number) -> {
				asked.complete(null);
				return slots.apply(number);
			});
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(link.events).containsExactly("connected", "acknowledged", "completed");
			assertThat(body).isCompletedWithValue("body");
			assertThat(early).isCompletedWithValue(false);
		}
	}

	@Test
	void aRefusalSavesTheBody() {
		CompletableFuture<Integer> reset = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.headers(request.streamId(), true, ":status", "417");
			reset.complete(connection.await(Http2FrameWriter.RST_STREAM).errorCode());
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			CompletableFuture<Void> asked = new CompletableFuture<>();
			Http2TestLink link = expecting(client, peer).body(4, (number) -> {
				asked.complete(null);
				return null;
			});
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(link.events).containsExactly("connected", "rejected", "completed");
			assertThat(Http2TestLink.await(reset)).isZero();
			assertThat(asked).isNotDone();
		}
	}

	@Test
	void aPeerThatDoesNotKnowExpectationsGetsTheBodyAllTheSame() {
		FramePeer.Script script = (connection) -> {
			Frame request = connection.awaitRequest();
			connection.await(Http2FrameWriter.DATA);
			connection.headers(request.streamId(), true, ":status", "204");
			connection.awaitClose();
		};
		HttpClientLimits limits = HttpClientLimits.DEFAULTS.toBuilder().continueTimeout(Duration.ofMillis(20)).build();
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient(limits)) {
			assertThat(expecting(client, peer).body("body").connect().awaitEnd()).isEqualTo("completed");
		}
	}

	@Test
	void withoutBodyThereIsNothingToExpect() {
		CompletableFuture<Frame> head = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			head.complete(connection.awaitRequest());
			connection.headers(1, true, ":status", "204");
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			assertThat(expecting(client, peer).connect().awaitEnd()).isEqualTo("completed");
			assertThat(new String(Http2TestLink.await(head).payload(), StandardCharsets.ISO_8859_1))
				.doesNotContain("100-continue");
		}
	}

}
