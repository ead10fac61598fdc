package io.securestreams.transport.http2.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.SecureStreams;
import io.securestreams.limits.Http2ClientLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that goes away while hundreds of streams use its connection or wait for it.
 */
@Timeout(60)
class LostOriginTests {

	private static final int STREAMS = 300;

	/** That the peer allows at once: most of the streams have to wait. */
	private static final int CONCURRENT = 50;

	/** Whether all of them want a connection. */
	private final CountDownLatch asked = new CountDownLatch(STREAMS);

	@Test
	void allStreamsAreServedByThePeerThatComesBack() {
		FramePeer.Script script = (connection) -> {
			connection.settings(PeerSettings.MAX_CONCURRENT_STREAMS, CONCURRENT);
			Frame request = connection.await(Http2FrameWriter.HEADERS);
			this.asked.await();
			// The first ones go away with what they have been asked
			while (connection.number > 2) {
				connection.headers(request.streamId(), true, ":status", "200");
				request = connection.await(Http2FrameWriter.HEADERS);
			}
		};
		try (FramePeer peer = new FramePeer(script); SecureStreams engine = engine(peer.port(), 20)) {
			List<Ending> endings = connect(engine);
			assertThat(endings).allSatisfy(
					(ending) -> assertThat(Http2TestLink.await(ending.end)).isEqualTo(StreamState.QOS_ACK_REMOTE));
			assertThat(peer.connections.get()).isGreaterThan(2);
		}
	}

	@Test
	void allStreamsAreToldOfThePeerThatStaysAway() {
		FramePeer[] peers = new FramePeer[1];
		FramePeer.Script script = (connection) -> {
			connection.settings(PeerSettings.MAX_CONCURRENT_STREAMS, CONCURRENT);
			connection.await(Http2FrameWriter.HEADERS);
			this.asked.await();
			peers[0].close();
		};
		try (FramePeer peer = new FramePeer(script); SecureStreams engine = engine(peer.port(), 2)) {
			peers[0] = peer;
			List<Ending> endings = connect(engine);
			assertThat(endings).allSatisfy(
					(ending) -> assertThat(Http2TestLink.await(ending.end)).isEqualTo(StreamState.ALL_RETRIES_FAILED));
		}
	}

	@Test
	void allStreamsThatThePeerTakesAreOnItsConnectionAtOnce() {
		FramePeer.Script script = (connection) -> {
			// Until then they wait, but for as many as are usual
			this.asked.await();
			connection.settings(PeerSettings.MAX_CONCURRENT_STREAMS, STREAMS);
			List<Frame> requests = new ArrayList<>();
			while (requests.size() < STREAMS) {
				requests.add(connection.await(Http2FrameWriter.HEADERS));
			}
			for (Frame request : requests) {
				connection.headers(request.streamId(), true, ":status", "200");
			}
			connection.await(Http2FrameWriter.GOAWAY);
		};
		Http2ClientLimits one = Http2ClientLimits.builder().maxConnections(1).build();
		try (FramePeer peer = new FramePeer(script);
				SecureStreams engine = builder(peer.port(), 2).httpClient(HttpClientLimits.builder().http2(one).build())
					.build()) {
			assertThat(connect(engine)).allSatisfy(
					(ending) -> assertThat(Http2TestLink.await(ending.end)).isEqualTo(StreamState.QOS_ACK_REMOTE));
		}
	}

	private List<Ending> connect(SecureStreams engine) {
		List<Ending> endings = new ArrayList<>();
		for (int i = 0; i < STREAMS; i++) {
			Ending ending = new Ending(this.asked);
			endings.add(ending);
			engine.create("page", ending).connect();
		}
		return endings;
	}

	private static SecureStreams engine(int port, int conceal) {
		return builder(port, conceal).build();
	}

	private static SecureStreams.Builder builder(int port, int conceal) {
		return SecureStreams.builder().socks5(null).eventLoopThreads(1).policy(PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 1 ], "conceal": %d } } ],
				  "s": [ { "page": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h2",
				    "h2_prior_knowledge": true, "http_method": "GET", "http_url": "/", "retry": "quick" } } ] }
				""".formatted(conceal, port), "test").policy());
	}

	/** Waits for the first verdict on a stream. */
	private static final class Ending implements StreamHandler {

		private final CompletableFuture<StreamState> end = new CompletableFuture<>();

		private final CountDownLatch asked;

		private boolean known;

		Ending(CountDownLatch asked) {
			this.asked = asked;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CONNECTING && !this.known) {
				this.known = true;
				this.asked.countDown();
			}
			if (state == StreamState.QOS_ACK_REMOTE || state == StreamState.ALL_RETRIES_FAILED) {
				this.end.complete(state);
				stream.close();
			}
		}

	}

}
