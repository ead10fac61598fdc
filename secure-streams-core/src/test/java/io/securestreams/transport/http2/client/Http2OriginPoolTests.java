package io.securestreams.transport.http2.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.exchange.Processed;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many streams that use, or wait for, the connection to one origin: how many of them are
 * served before others on their event loop have their turn, and what it costs to leave.
 */
class Http2OriginPoolTests {

	private static final int MANY = 1000;

	/** After so many the rest has to wait for its turn. */
	private static final int AT_ONCE = 64;

	/** One connection to an origin, and no end to what it may carry. */
	private static final Http2Limits LIMITS = new Http2Limits(65536, 1024 * 1024, 32 * 1024, 256, 16, 16, 1000, 1,
			100_000, 20_000, 20_000, 20_000);

	private static final ConnectReport REPORT = new ConnectReport("192.0.2.1", 0, 0, 0, 0, List.of(), null);

	/** Its event loop is that of the pool. */
	private final EmbeddedChannel loop = new EmbeddedChannel();

	private final Deque<ConnectListener> attempts = new ArrayDeque<>();

	private final List<EmbeddedChannel> channels = new ArrayList<>();

	private final Http2OriginPool pool = new Http2ConnectionPool(this.loop.eventLoop(),
			new Http2Sharing((eventLoop, origin, listener) -> {
				this.attempts.add(listener);
				return () -> this.attempts.remove(listener);
			}, (link) -> new FakeConnector(), HttpServices.of(new SystemBlobs()), LIMITS, new KnownPeers()))
		.origin(new Origin(new Address.Host("192.0.2.1", 80), false, TlsPolicy.NONE, TrafficClass.NORMAL, null,
				List.of()), false);

	private final List<Claim> claims = new ArrayList<>();

	/** What a claim does when it is told that it has no connection (any more). */
	private Consumer<Claim> lost = (claim) -> {
	};

	private int told;

	/** How often a claim was looked at, to find out whether it is the one. */
	private long visits;

	@AfterEach
	void close() {
		this.channels.forEach(EmbeddedChannel::finishAndReleaseAll);
		this.loop.finishAndReleaseAll();
	}

	@Test
	void whoWaitsForAConnectionThatCannotBeMadeIsToldInSlices() {
		acquire(MANY);
		assertThat(mostAtOnce(this::refuse)).isBetween(1, AT_ONCE);
		assertThat(this.claims).allSatisfy((claim) -> assertThat(claim.words).containsExactly("unreachable"));
		assertThat(this.attempts).isEmpty();
	}

	@Test
	void whoWaitsJoinsInSlices() {
		acquire(MANY);
		EmbeddedChannel channel = new EmbeddedChannel();
		assertThat(mostAtOnce(() -> connect(channel))).isBetween(1, AT_ONCE + 1);
		assertThat(this.told).as("that a peer is taken to allow").isEqualTo(PeerSettings.USUAL_STREAMS);
		assertThat(mostAtOnce(() -> settings(channel, MANY))).isBetween(1, AT_ONCE);
		assertThat(this.claims).allSatisfy((claim) -> assertThat(claim.words).containsExactly("joined"));
	}

	@Test
	void anOriginThatIsLostForGoodIsToldInSlicesToThoseThatUseItAndToThoseThatWait() {
		acquire(2 * MANY);
		EmbeddedChannel channel = new EmbeddedChannel();
		connect(channel);
		settings(channel, MANY);
		this.loop.runPendingTasks();
		assertThat(this.told).as("that the peer allows").isEqualTo(MANY);
		this.told = 0;
		assertThat(mostAtOnce(channel, channel.pipeline()::fireChannelInactive)).isBetween(1, AT_ONCE);
		assertThat(this.told).as("streams of the connection that is lost").isEqualTo(MANY);
		assertThat(this.attempts).as("for those that wait").hasSize(1);
		this.told = 0;
		assertThat(mostAtOnce(this::refuse)).isBetween(1, AT_ONCE);
		assertThat(this.told).as("streams that have waited").isEqualTo(MANY);
		assertThat(this.claims.subList(0, MANY))
			.allSatisfy((claim) -> assertThat(claim.words).containsExactly("joined", "failed"));
		assertThat(this.claims.subList(MANY, 2 * MANY))
			.allSatisfy((claim) -> assertThat(claim.words).containsExactly("unreachable"));
		assertThat(this.attempts).isEmpty();
	}

	@Test
	void whoAsksAgainWhenTheOriginIsLostGetsTheNextConnection() {
		acquire(2 * MANY);
		EmbeddedChannel first = new EmbeddedChannel();
		connect(first);
		settings(first, MANY);
		this.loop.runPendingTasks();
		this.lost = this.pool::acquire;
		this.told = 0;
		assertThat(mostAtOnce(first, first.pipeline()::fireChannelInactive)).isBetween(1, AT_ONCE);
		assertThat(this.told).isEqualTo(MANY);
		assertThat(this.attempts).hasSize(1);
		// The peer is not there yet: all of them are told, and ask for another connection
		this.told = 0;
		assertThat(mostAtOnce(this::refuse)).isBetween(1, AT_ONCE);
		assertThat(this.told).isEqualTo(2 * MANY);
		assertThat(this.attempts).as("for all of them").hasSize(1);
		this.told = 0;
		EmbeddedChannel second = new EmbeddedChannel();
		assertThat(mostAtOnce(() -> connect(second))).isBetween(1, AT_ONCE + 1);
		assertThat(mostAtOnce(() -> settings(second, 2 * MANY))).isBetween(1, AT_ONCE);
		assertThat(this.told).isEqualTo(2 * MANY);
		assertThat(this.claims.subList(0, MANY)).allSatisfy(
				(claim) -> assertThat(claim.words).containsExactly("joined", "failed", "unreachable", "joined"));
		assertThat(this.claims.subList(MANY, 2 * MANY))
			.allSatisfy((claim) -> assertThat(claim.words).containsExactly("unreachable", "joined"));
	}

	@Test
	void whoLeavesWhileItWaitsIsFoundWithoutASearch() {
		int many = 20_000;
		acquire(many);
		this.visits = 0;
		for (int i = many - 1; i >= 0; i--) {
			this.pool.cancel(this.claims.get(i));
		}
		assertThat(this.visits).as("claims looked at").isLessThan(10L * many);
		assertThat(this.attempts).as("that nobody waits for").isEmpty();
		this.loop.runPendingTasks();
		assertThat(this.told).isZero();
	}

	@Test
	void whoLeavesBeforeItIsToldThatThereIsNoConnectionIsFoundWithoutASearch() {
		int many = 20_000;
		acquire(many);
		refuse();
		int before = this.told;
		assertThat(before).isLessThanOrEqualTo(AT_ONCE);
		this.visits = 0;
		for (int i = many - 1; i >= before; i--) {
			this.pool.cancel(this.claims.get(i));
		}
		assertThat(this.visits).as("claims looked at").isLessThan(10L * many);
		this.loop.runPendingTasks();
		assertThat(this.told).isEqualTo(before);
	}

	private void acquire(int count) {
		for (int i = 0; i < count; i++) {
			Claim claim = new Claim();
			this.claims.add(claim);
			this.pool.acquire(claim);
		}
		assertThat(this.attempts).hasSize(1);
	}

	private void refuse() {
		this.attempts.remove().failed(StreamFailure.unsent(Phase.CONNECT, "refused", "", null), REPORT);
	}

	private void connect(EmbeddedChannel channel) {
		this.channels.add(channel);
		this.attempts.remove().connected(channel, REPORT);
	}

	/** The peer says how many streams it allows. */
	private void settings(EmbeddedChannel channel, int streams) {
		channel.writeInbound(Unpooled.buffer()
			.writeMedium(6)
			.writeByte(Http2FrameWriter.SETTINGS)
			.writeByte(0)
			.writeInt(0)
			.writeShort(PeerSettings.MAX_CONCURRENT_STREAMS)
			.writeInt(streams));
	}

	private int mostAtOnce(Runnable event) {
		return mostAtOnce(this.loop, event);
	}

	/**
	 * Counts how many are told something while no other task of an event loop gets its
	 * turn, from an event on until all is done.
	 */
	private int mostAtOnce(EmbeddedChannel where, Runnable event) {
		int before = this.told;
		event.run();
		int[] most = { this.told - before };
		int[] last = { this.told };
		// Each of them once in a round of the loop's queue
		Runnable other = new Runnable() {
			@Override
			public void run() {
				int now = Http2OriginPoolTests.this.told;
				most[0] = Math.max(most[0], now - last[0]);
				boolean idle = now == last[0];
				last[0] = now;
				if (!idle) {
					where.eventLoop().execute(this);
				}
			}
		};
		where.eventLoop().execute(other);
		where.runPendingTasks();
		this.loop.runPendingTasks();
		assertThat(this.told).as("told in the end").isEqualTo(last[0]);
		return most[0];
	}

	/** One stream, which counts how often it is compared with others. */
	private final class Claim implements ConnectionClaim, ResponseListener {

		private final List<String> words = new ArrayList<>(4);

		private void told(String word) {
			this.words.add(word);
			Http2OriginPoolTests.this.told++;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			Http2OriginPoolTests.this.visits++;
			return this == other;
		}

		@Override
		public int hashCode() {
			Http2OriginPoolTests.this.visits++;
			return System.identityHashCode(this);
		}

		@Override
		public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
			connection.open(new Http2Request(new byte[] { (byte) 0x82 }, true, false, false, false,
					Http2Stream.AUTOMATIC_CREDIT), this);
			told("joined");
		}

		@Override
		public void unreachable(StreamFailure failure, @Nullable ConnectReport report) {
			told("unreachable");
			Http2OriginPoolTests.this.lost.accept(this);
		}

		@Override
		public void failed(Phase phase, String message, @Nullable Throwable cause, Processed processed) {
			told("failed");
			Http2OriginPoolTests.this.lost.accept(this);
		}

		@Override
		public void fallBack() {
			throw new AssertionError("fell back");
		}

		@Override
		public void defect(Throwable defect) {
			throw new AssertionError(defect);
		}

		@Override
		public RetryPolicy validity() {
			return RetryPolicy.NONE;
		}

		@Override
		public void continues() {
			throw new AssertionError("continues");
		}

		@Override
		public void responseHead(int status, ReceivedHeaders fields) {
			throw new AssertionError("head");
		}

		@Override
		public void responseData(ByteBuf data) {
			throw new AssertionError("data");
		}

		@Override
		public void responseEnd() {
			throw new AssertionError("end");
		}

		@Override
		public void writable(int capacity) {
			throw new AssertionError("writable");
		}

		@Override
		public WakeLock.Held stayAwake() {
			return WakeLock.NONE.acquire("");
		}

	}

}
