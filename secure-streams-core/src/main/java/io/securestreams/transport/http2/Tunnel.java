package io.securestreams.transport.http2;

import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.ConnectReport;
import io.securestreams.transport.Origin;

/**
 * Bytes both ways as one stream of an HTTP/2 connection (RFC 8441). Used on its event
 * loop only.
 */
public final class Tunnel {

	private final ConnectionPool pool;

	private final Origin origin;

	private final RetryPolicy validity;

	private final TunnelRequest request;

	private final TunnelOpener opener;

	private final Opening opening = new Opening();

	/** Where a connection is waited for. */
	private @Nullable OriginPool waitingAt;

	private @Nullable Http2ClientStream stream;

	/** Gets what arrives, once the tunnel is open. */
	private @Nullable TunnelHandler handler;

	private boolean over;

	Tunnel(ConnectionPool pool, Origin origin, RetryPolicy validity, TunnelRequest request, TunnelOpener opener) {
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
		OriginPool known = this.pool.find(this.origin);
		Http2ClientConnection connection = (known != null) ? known.tunnelling() : null;
		if (connection != null) {
			this.opener.connected(null);
			open(connection);
		}
		else if (!connect || this.pool.isClosed()) {
			unavailable();
		}
		else {
			OriginPool waitingAt = this.pool.origin(this.origin, false);
			this.waitingAt = waitingAt;
			waitingAt.acquire(this.opening);
		}
	}

	/**
	 * Takes the open tunnel over.
	 * @param handler gets what arrives from now on
	 */
	public void accept(TunnelHandler handler) {
		this.handler = handler;
	}

	/**
	 * Returns the allocator of the connection.
	 * @return where to get buffers for {@link #write}
	 */
	public ByteBufAllocator alloc() {
		return stream().connection().alloc();
	}

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 * @return its name
	 */
	public String peer() {
		return stream().connection().peerName();
	}

	/**
	 * Whether bytes can be written or received.
	 * @return {@code false} before it is open and after its end
	 */
	public boolean isOpen() {
		return !this.over && this.handler != null;
	}

	/**
	 * Whether the windows (RFC 9113 section 5.2) and the connection have room.
	 * @return {@code false} if what is written now would have to wait
	 */
	public boolean isWritable() {
		Http2ClientStream open = this.stream;
		return open != null && open.outgoing().isWritable();
	}

	/**
	 * Asks for one {@link TunnelHandler#writable()}.
	 */
	public void awaitWritable() {
		if (this.stream != null) {
			this.stream.requestWrite();
		}
	}

	/**
	 * Sends bytes. What there is no room for waits here.
	 * @param data owned from now on
	 */
	public void write(ByteBuf data) {
		if (this.stream != null) {
			this.stream.write(data, false);
		}
		else {
			data.release();
		}
	}

	/**
	 * Ends this side's direction after what has been written.
	 */
	public void end() {
		if (this.stream != null) {
			this.stream.write(Unpooled.EMPTY_BUFFER, true);
		}
	}

	/**
	 * Stops receiving, so that the peer is stopped by its window.
	 */
	public void pauseReading() {
		if (this.stream != null) {
			this.stream.pauseReading();
		}
	}

	/**
	 * Goes on receiving.
	 */
	public void resumeReading() {
		if (this.stream != null) {
			this.stream.resumeReading();
		}
	}

	/**
	 * Gives it up, whether open or not; nothing is reported any more.
	 */
	public void cancel() {
		this.over = true;
		OriginPool waitingAt = this.waitingAt;
		this.waitingAt = null;
		if (this.stream != null) {
			this.stream.cancel(Http2Error.CANCEL);
		}
		else if (waitingAt != null) {
			waitingAt.cancel(this.opening);
		}
	}

	private Http2ClientStream stream() {
		return Objects.requireNonNull(this.stream, "the tunnel is not open");
	}

	private void open(Http2ClientConnection connection) {
		this.stream = connection.open(this.request.encode(), this.opening);
	}

	private void unavailable() {
		this.over = true;
		this.opener.unavailable();
	}

	/**
	 * What pool and connection tell, who are nobody else's business.
	 */
	private final class Opening implements Waiter, Exchange {

		private final MessageFields fields = new MessageFields();

		@Override
		public void join(Http2ClientConnection connection, @Nullable ConnectReport report) {
			Tunnel.this.waitingAt = null;
			Tunnel.this.opener.connected(report);
			if (!Tunnel.this.over) {
				// Not before the peer has offered it, RFC 8441 section 3
				connection.peer().whenSettled(() -> settled(connection));
			}
		}

		private void settled(Http2ClientConnection connection) {
			if (Tunnel.this.over) {
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
			Tunnel.this.waitingAt = null;
			Tunnel.this.over = true;
			Tunnel.this.opener.failed(failure, report);
		}

		@Override
		public void fallBack() {
			Tunnel.this.waitingAt = null;
			unavailable();
		}

		@Override
		public RetryPolicy validity() {
			return Tunnel.this.validity;
		}

		@Override
		public void continues() {
			// A CONNECT has no content to wait for
		}

		@Override
		public void responseHead(int status, Http2Headers headers, boolean last) {
			Tunnel.this.opener.answered(status, this.fields.of(headers));
			this.fields.clear();
			if (Tunnel.this.handler == null) {
				cancel();
			}
		}

		@Override
		public void responseData(ByteBuf data) {
			if (Tunnel.this.handler != null) {
				Tunnel.this.handler.received(data);
			}
		}

		@Override
		public void responseEnd() {
			Tunnel.this.over = true;
			if (Tunnel.this.handler != null) {
				Tunnel.this.handler.ended();
			}
		}

		@Override
		public void writable(int capacity) {
			if (Tunnel.this.handler != null) {
				Tunnel.this.handler.writable();
			}
		}

		@Override
		public void failed(StreamEnd reason) {
			TunnelHandler handler = Tunnel.this.handler;
			if (handler != null) {
				Tunnel.this.over = true;
				handler.broken(reason.phase(), reason.message(), reason.cause());
			}
			else if (reason.phase() == Phase.CONNECTION) {
				// Reset, or lost with the connection, without an answer
				unavailable();
			}
			else {
				unreachable(StreamFailure.unsent(reason.phase(), reason.message(),
						Tunnel.this.origin.address().toString(), reason.cause()), null);
			}
		}

	}

}
