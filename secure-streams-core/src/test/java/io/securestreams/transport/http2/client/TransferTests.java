package io.securestreams.transport.http2.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.StreamOptions;
import io.securestreams.transport.http2.Http2Limits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large bodies, flow control in both directions.
 */
class TransferTests {

	private static final int MEGA = 1024 * 1024;

	private final Http2TestClient client = new Http2TestClient();

	@AfterEach
	void close() {
		this.client.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void downloadArrivesUnchanged(boolean tls) {
		try (NettyPeer peer = new NettyPeer(tls)) {
			Http2Policies policy = Http2Policies.get("/bytes/" + 64 * MEGA);
			Http2TestLink link = this.client.stream((tls ? policy.tls() : policy).build(), peer.port()).connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.receivedBytes).isEqualTo(64 * MEGA);
			assertThat(link.sha256()).isEqualTo(Slots.patternSha256(64 * MEGA));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void uploadArrivesUnchanged(boolean tls) {
		try (NettyPeer peer = new NettyPeer(tls)) {
			Http2Policies policy = Http2Policies.post("/sha");
			Http2TestLink link = this.client.stream((tls ? policy.tls() : policy).build(), peer.port())
				.body(64 * MEGA, Slots.pattern(64 * MEGA))
				.connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo(Slots.patternSha256(64 * MEGA) + " " + 64 * MEGA);
		}
	}

	@Test
	void bothDirectionsAtOnceOnManyStreams() {
		try (NettyPeer peer = new NettyPeer(false)) {
			List<Http2TestLink> links = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				links.add(this.client.stream(Http2Policies.post("/echo").build(), peer.port())
					.body(MEGA, Slots.pattern(MEGA))
					.connect());
			}
			for (Http2TestLink link : links) {
				assertThat(link.awaitEnd()).isEqualTo("completed");
				assertThat(link.sha256()).isEqualTo(Slots.patternSha256(MEGA));
			}
			assertThat(peer.connections).hasValue(1);
		}
	}

	@Test
	void smallWindowsAndFramesOfThePeerAreObeyed() {
		Http2Settings settings = Http2Settings.defaultSettings().initialWindowSize(1000);
		try (NettyPeer peer = new NettyPeer(false, settings)) {
			// Its settings are to be known: this peer never makes up for what it has
			// received
			// by the usual window before
			assertThat(this.client.stream(Http2Policies.get("/bytes/1").build(), peer.port()).connect().awaitEnd())
				.isEqualTo("completed");
			Http2TestLink link = this.client.stream(Http2Policies.post("/sha").build(), peer.port())
				.body(200_000, Slots.pattern(200_000))
				.connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(peer.connections).hasValue(1);
			assertThat(link.text()).isEqualTo(Slots.patternSha256(200_000) + " 200000");
		}
	}

	@Test
	void pausedReaderStopsThePeerButNotOtherStreams() {
		try (NettyPeer peer = new NettyPeer(false)) {
			int total = 8 * MEGA;
			Http2TestLink slow = this.client.stream(Http2Policies.get("/bytes/" + total).build(), peer.port());
			AtomicBoolean pause = new AtomicBoolean(true);
			CompletableFuture<Void> paused = new CompletableFuture<>();
			slow.onReceive(() -> {
				if (pause.get() && slow.receivedBytes > 0) {
					slow.transport().pauseReading();
					paused.complete(null);
				}
			});
			slow.connect();
			Http2TestLink.await(paused);
			for (int i = 0; i < 3; i++) {
				Http2TestLink other = this.client.stream(Http2Policies.get("/bytes/" + 4 * MEGA).build(), peer.port());
				assertThat(other.connect().awaitEnd()).isEqualTo("completed");
			}
			assertThat(peer.connections).hasValue(1);
			assertThat(slow.receivedBytes).isLessThan(65536);
			// What the others got, and at most the window of the slow one
			assertThat(peer.sent.get()).isLessThanOrEqualTo(12 * MEGA + Http2Limits.DEFAULT.streamWindow() + 65536);
			pause.set(false);
			slow.run(() -> slow.transport().resumeReading());
			assertThat(slow.awaitEnd()).isEqualTo("completed");
			assertThat(slow.sha256()).isEqualTo(Slots.patternSha256(total));
		}
	}

	@Test
	void pausingAfterEveryPieceDeliversEverything() {
		try (NettyPeer peer = new NettyPeer(false)) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/bytes/" + MEGA).build(), peer.port());
			link.onReceive(() -> {
				link.transport().pauseReading();
				link.executor().execute(link.transport()::resumeReading);
			});
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
			assertThat(link.sha256()).isEqualTo(Slots.patternSha256(MEGA));
			assertThat(link.events).containsExactly("connected", "SOM", "EOM", "acknowledged", "completed");
		}
	}

	@Test
	void creditByHandIsAllThePeerMaySend() {
		try (NettyPeer peer = new NettyPeer(false)) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/bytes/100000").build(), peer.port(),
					new StreamOptions(1000));
			CompletableFuture<Void> first = new CompletableFuture<>();
			CompletableFuture<Void> second = new CompletableFuture<>();
			link.onReceive(() -> {
				if (link.receivedBytes == 1000) {
					first.complete(null);
				}
				if (link.receivedBytes == 3000) {
					second.complete(null);
				}
				if (link.receivedBytes > 1000 && !first.isDone() || link.receivedBytes > 3000 && !second.isDone()) {
					throw new AssertionError("more than granted");
				}
			});
			link.connect();
			Http2TestLink.await(first);
			// Another stream in between shows that nothing is on its way
			assertThat(this.client.stream(Http2Policies.get("/hello").build(), peer.port(), new StreamOptions(100))
				.connect()
				.awaitEnd()).isEqualTo("completed");
			assertThat(link.receivedBytes).isEqualTo(1000);
			link.run(() -> link.transport().grantCredit(2000));
			Http2TestLink.await(second);
			link.run(() -> link.transport().grantCredit(1_000_000));
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.receivedBytes).isEqualTo(100_000);
		}
	}

}
