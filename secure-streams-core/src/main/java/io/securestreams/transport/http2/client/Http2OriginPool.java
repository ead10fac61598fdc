package io.securestreams.transport.http2.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.ApplicationProtocolNames;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http2.Http2Connection;
import io.securestreams.transport.http2.frame.PeerSettings;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * The connections to one origin on one event loop. A request joins one that has room;
 * else it waits, for one that is being made or for a stream to end. Another connection is
 * made when those that exist are full, up to the limit of connections.
 */
final class Http2OriginPool implements ConnectionOwner {

	private static final Logger logger = LoggerFactory.getLogger(Http2OriginPool.class);

	/** How long it is remembered that a peer speaks HTTP/1.1 only. */
	private static final long HTTP1_NANOS = TimeUnit.MINUTES.toNanos(10);

	/** After so many others on the event loop have their turn. */
	private static final int JOINED_AT_ONCE = 64;

	private final Http2ConnectionPool pool;

	private final Http2ConnectionPool.Key key;

	private final EventLoop loop;

	private final List<Http2ClientConnection> connections = new ArrayList<>(2);

	/** Finish what they have, and get nothing new. */
	private final List<Http2ClientConnection> draining = new ArrayList<>(1);

	private final List<OriginAttempt> attempts = new ArrayList<>(1);

	private final WaitingClaims waiting;

	private final TurnedAway turnedAway;

	private boolean joining;

	/** Streams that a new connection is taken to allow: what the last one did. */
	private int expectedStreams = PeerSettings.USUAL_STREAMS;

	private boolean speaksHttp1;

	private long http1Since;

	private boolean retired;

	Http2OriginPool(Http2ConnectionPool pool, Http2ConnectionPool.Key key, EventLoop loop) {
		this.pool = pool;
		this.key = key;
		this.loop = loop;
		// While connecting, the connector's own limits hold
		this.waiting = new WaitingClaims(loop, pool.limits().headMillis(), () -> !this.attempts.isEmpty(), this::late);
		this.turnedAway = new TurnedAway(EventLoopExecutor.of(loop));
	}

	/**
	 * Whether this pool has been forgotten and must not be used any more.
	 */
	boolean isRetired() {
		return this.retired;
	}

	/**
	 * Finds a connection.
	 * @param waiter gets it, now or later
	 */
	void acquire(ConnectionClaim waiter) {
		if (speaksHttp1()) {
			waiter.fallBack();
			return;
		}
		if (this.waiting.isEmpty()) {
			for (int i = 0; i < this.connections.size(); i++) {
				Http2ClientConnection connection = this.connections.get(i);
				if (connection.hasRoom()) {
					waiter.join(connection, null);
					return;
				}
			}
		}
		this.waiting.add(waiter);
		connectIfNeeded();
	}

	/** Whether that was so a short while ago. */
	private boolean speaksHttp1() {
		this.speaksHttp1 = this.speaksHttp1 && System.nanoTime() - this.http1Since < HTTP1_NANOS;
		return this.speaksHttp1;
	}

	/**
	 * Finds an open connection with room whose peer takes extended CONNECT (RFC 8441).
	 */
	@Nullable Http2ClientConnection tunnelling() {
		for (Http2ClientConnection connection : this.connections) {
			if (connection.hasRoom() && connection.peer().isConnectProtocol()) {
				return connection;
			}
		}
		return null;
	}

	/**
	 * Forgets a waiter.
	 * @param waiter has not been called yet
	 */
	void cancel(ConnectionClaim waiter) {
		this.turnedAway.cancel(waiter);
		this.waiting.remove(waiter);
		if (this.waiting.isEmpty()) {
			cancelAttempts();
			retireIfUnused();
		}
	}

	private void cancelAttempts() {
		List.copyOf(this.attempts).forEach(OriginAttempt::cancel);
		this.attempts.clear();
	}

	/**
	 * Closes all connections; who uses or waits for one is told.
	 */
	void close() {
		cancelAttempts();
		List<Http2ClientConnection> open = new ArrayList<>(this.connections);
		open.addAll(this.draining);
		for (Http2ClientConnection connection : open) {
			connection.shutdown(Phase.CONNECTION, Http2Error.NO_ERROR, "engine is closed");
		}
		failWaiting(StreamFailure.unsent(Phase.CONNECTION, "engine is closed", endpoint(), null), null);
	}

	@Override
	public void roomMade(Http2ClientConnection connection) {
		if (connection.peer().received()) {
			this.expectedStreams = Math.max(1, Math.min(connection.peer().maxStreams(), PeerSettings.USUAL_STREAMS));
		}
		for (int left = JOINED_AT_ONCE; !this.waiting.isEmpty() && connection.hasRoom(); left--) {
			if (left == 0) {
				joinRest();
				return;
			}
			ConnectionClaim next = this.waiting.poll();
			if (next != null) {
				join(next, connection, null);
			}
		}
	}

	/** Goes on when others on the event loop have had their turn. */
	private void joinRest() {
		if (!this.joining) {
			this.joining = true;
			EventLoopExecutor.of(this.loop).executeInSlices(() -> {
				this.joining = false;
				List.copyOf(this.connections).forEach(this::roomMade);
			});
		}
	}

	@Override
	public void retired(Http2ClientConnection connection) {
		this.connections.remove(connection);
		this.draining.add(connection);
		if (!this.waiting.isEmpty()) {
			connectIfNeeded();
		}
	}

	@Override
	public void closed(Http2ClientConnection connection) {
		this.draining.remove(connection);
		retireIfUnused();
	}

	/**
	 * Leaves the pool's map if nothing but knowledge about the peer is lost by it.
	 * @return {@code true} if it must not be used any more
	 */
	boolean retire() {
		if (this.connections.isEmpty() && this.draining.isEmpty() && this.attempts.isEmpty()
				&& this.waiting.isEmpty()) {
			this.retired = true;
		}
		return this.retired;
	}

	private void connectIfNeeded() {
		int attempts = this.attempts.size();
		if (this.waiting.size() > attempts * this.expectedStreams
				&& attempts + this.connections.size() < this.pool.limits().maxConnections()) {
			OriginAttempt attempt = new OriginAttempt(this);
			this.attempts.add(attempt);
			try {
				attempt.start(this.pool.source().connect(this.loop, this.key.origin(), attempt));
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				// From wherever this comes: whoever waits must not wait for ever
				logger.error("no connection to {} can be made", endpoint(), ex);
				StreamFailure failure = StreamFailure.unsent(Phase.CONNECT, "unexpected " + ex, endpoint(), ex);
				this.loop.execute(() -> attempt.abandoned(failure));
			}
		}
	}

	/** There is a connection. */
	void connected(OriginAttempt attempt, Channel channel, ConnectReport report) {
		this.attempts.remove(attempt);
		Origin origin = this.key.origin();
		if (origin.tls() && !ApplicationProtocolNames.HTTP_2.equals(report.alpn())) {
			channel.close();
			fallBack();
			return;
		}
		ConnectionClaim first = this.waiting.poll();
		if (first == null) {
			channel.close();
			retireIfUnused();
			return;
		}
		Http2ClientConnection connection = new Http2ClientConnection(this, channel, report.peer(), this.pool.limits(),
				first.validity(), this.expectedStreams, this.key.manualCredit());
		this.connections.add(connection);
		channel.pipeline().addLast(Http2Connection.NAME, connection);
		join(first, connection, report);
		roomMade(connection);
		channel.config().setAutoRead(true);
	}

	private void fallBack() {
		if (this.pool.http1Peers().add(this.key.origin().address())) {
			logger.info("{} speaks HTTP/1.1 only, although the policy says h2", endpoint());
		}
		this.speaksHttp1 = true;
		this.http1Since = System.nanoTime();
		turnAway(ConnectionClaim::fallBack);
	}

	/** Who tries again at once waits for the next attempt. */
	private void turnAway(Consumer<ConnectionClaim> word) {
		this.turnedAway.tell(this.waiting.takeAll(), word);
	}

	/** There is none; without a report it was not even tried. */
	void failed(OriginAttempt attempt, StreamFailure failure, @Nullable ConnectReport report) {
		this.attempts.remove(attempt);
		// Otherwise those that wait still have something to wait for
		if (this.attempts.isEmpty() && this.connections.isEmpty()) {
			failWaiting(failure, report);
		}
		retireIfUnused();
	}

	private void failWaiting(StreamFailure failure, @Nullable ConnectReport report) {
		turnAway((claim) -> claim.unreachable(failure, report));
	}

	private void join(ConnectionClaim next, Http2ClientConnection connection, @Nullable ConnectReport report) {
		this.turnedAway.tell(next, (claim) -> claim.join(connection, report));
	}

	/** No stream has become free in time. */
	private void late(List<ConnectionClaim> claims) {
		StreamFailure failure = StreamFailure.unsent(Phase.CONNECT,
				"no free stream for " + this.pool.limits().headMillis() + " ms", endpoint(), null);
		this.turnedAway.tell(claims, (claim) -> claim.unreachable(failure, null));
	}

	private void retireIfUnused() {
		if (!this.speaksHttp1 && !this.retired && retire()) {
			this.pool.forget(this.key);
		}
	}

	private String endpoint() {
		return this.key.origin().address().toString();
	}

}
