package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.exchange.Processed;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.Tunnel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tunnel that a client opens.
 */
public final class ClientTunnel extends Tunnel {

	private static final Logger logger = LoggerFactory.getLogger(ClientTunnel.class);

	private final Http2ConnectionPool pool;

	private final Origin origin;

	private final RetryPolicy validity;

	private final TunnelRequest request;

	private final TunnelOpener opener;

	private final Opening opening = new Opening();

	/** Where a connection is waited for. */
	private @Nullable Http2OriginPool waitingAt;

	ClientTunnel(Http2ConnectionPool pool, Origin origin, RetryPolicy validity, TunnelRequest request,
			TunnelOpener opener) {
		this.pool = pool;
		this.origin = origin;
		this.validity = validity;
		this.request = request;
		this.opener = opener;
	}

	/**
	 * Opens it, on a connection whose peer has said that it knows extended CONNECT.
	 * @param connect whether to make a connection and ask, if there is none to the origin
	 */
	public void open(boolean connect) {
		Http2OriginPool known = this.pool.find(this.origin);
		Http2ClientConnection connection = (known != null) ? known.tunnelling() : null;
		if (connection != null) {
			this.opener.connected(null, connection.peerName());
			open(connection);
		}
		else if (!connect || this.pool.isClosed()) {
			unavailable();
		}
		else {
			Http2OriginPool waitingAt = this.pool.origin(this.origin, false);
			this.waitingAt = waitingAt;
			waitingAt.acquire(this.opening);
		}
	}

	@Override
	protected void cancelOpening() {
		Http2OriginPool waitingAt = this.waitingAt;
		this.waitingAt = null;
		if (waitingAt != null) {
			waitingAt.cancel(this.opening);
		}
	}

	private void open(Http2ClientConnection connection) {
		start(connection.open(this.request.encode(), this.opening));
	}

	private void unavailable() {
		finish();
		this.opener.unavailable();
	}

	/**
	 * What pool and connection tell, who are nobody else's business.
	 */
	private final class Opening implements ConnectionClaim, ResponseListener {

		@Override
		public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
			ClientTunnel.this.waitingAt = null;
			ClientTunnel.this.opener.connected(report, connection.peerName());
			if (!isOver()) {
				// Not before the peer has offered it, RFC 8441 section 3
				connection.peer().whenSettled(() -> settled(connection));
			}
		}

		private void settled(Http2ClientConnection connection) {
			try {
				openOn(connection);
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				logger.error("{} does not take its connection", ClientTunnel.this.opener, ex);
				defect(ex);
			}
		}

		private void openOn(Http2ClientConnection connection) {
			if (isOver()) {
				return;
			}
			if (connection.hasRoom() && connection.peer().isConnectProtocol()) {
				open(connection);
			}
			else {
				unavailable();
			}
		}

		@Override
		public void unreachable(StreamFailure failure, @Nullable ConnectReport report) {
			ClientTunnel.this.waitingAt = null;
			finish();
			ClientTunnel.this.opener.failed(failure, report);
		}

		@Override
		public void fallBack() {
			ClientTunnel.this.waitingAt = null;
			unavailable();
		}

		@Override
		public void defect(Throwable defect) {
			ClientTunnel.this.waitingAt = null;
			cancel();
			ClientTunnel.this.opener.failed(StreamFailure.unsent(Phase.CONNECT, "unexpected " + defect,
					ClientTunnel.this.origin.address().toString(), defect), null);
		}

		@Override
		public RetryPolicy validity() {
			return ClientTunnel.this.validity;
		}

		/** What is in the tunnel watches over its peer itself. */
		@Override
		public WakeLock.Held stayAwake() {
			return WakeLock.NONE.acquire("");
		}

		@Override
		public void continues() {
			// A CONNECT has no content to wait for
		}

		@Override
		public void responseHead(int status, ReceivedHeaders fields) {
			ClientTunnel.this.opener.answered(status, fields);
			if (handler() == null) {
				cancel();
			}
		}

		@Override
		public void responseData(ByteBuf data) {
			receive(data);
		}

		@Override
		public void responseEnd() {
			receiveEnd();
		}

		@Override
		public void writable(int capacity) {
			offer();
		}

		@Override
		public void failed(Phase phase, String message, @Nullable Throwable cause, Processed processed) {
			if (handler() != null) {
				fail(new StreamEnd(phase, message, cause, processed == Processed.NO));
			}
			else if (phase == Phase.CONNECTION) {
				// Reset, or lost with the connection, without an answer
				unavailable();
			}
			else {
				unreachable(StreamFailure.unsent(phase, message, ClientTunnel.this.origin.address().toString(), cause),
						null);
			}
		}

	}

}
