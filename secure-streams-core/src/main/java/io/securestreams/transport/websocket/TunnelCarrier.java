package io.securestreams.transport.websocket;

import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.Tunnel;
import io.securestreams.transport.http2.TunnelHandler;
import io.securestreams.transport.websocket.frame.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * A stream of an HTTP/2 connection (RFC 8441): END_STREAM stands for the end of a TCP
 * connection, RST_STREAM for its reset. What flow control allows is what is writable.
 */
public final class TunnelCarrier implements Carrier, TunnelHandler {

	private final Tunnel tunnel;

	private final StreamExecutor executor;

	private final Runnable turnEnd = this::endTurn;

	@SuppressWarnings("NullAway.Init") // set before the tunnel is accepted
	private WebSocketConnection connection;

	private boolean turnEndScheduled;

	private boolean gone;

	public TunnelCarrier(Tunnel tunnel, StreamExecutor executor) {
		this.tunnel = tunnel;
		this.executor = executor;
	}

	/**
	 * Takes the tunnel over.
	 * @param connection makes the connection that it passes on to
	 * @return the connection
	 */
	public WebSocketConnection open(Function<Carrier, WebSocketConnection> connection) {
		WebSocketConnection opened = connection.apply(this);
		this.connection = opened;
		this.tunnel.accept(this);
		return opened;
	}

	@Override
	public ByteBufAllocator alloc() {
		return this.tunnel.alloc();
	}

	@Override
	public String peer() {
		return this.tunnel.peer();
	}

	@Override
	public boolean isOpen() {
		return this.tunnel.isOpen();
	}

	@Override
	public boolean isWritable() {
		return this.tunnel.isWritable();
	}

	@Override
	public int capacity(int most, int collected) {
		return this.tunnel.capacity(most, collected);
	}

	@Override
	public void awaitWritable() {
		this.tunnel.awaitWritable();
	}

	@Override
	public void write(ByteBuf frames) {
		this.tunnel.write(frames);
	}

	/** Without effect: the HTTP/2 connection flushes once per turn, for all streams. */
	@Override
	public void flush() {
	}

	@Override
	public void read(boolean wanted) {
		if (wanted) {
			this.tunnel.resumeReading();
		}
		else {
			this.tunnel.pauseReading();
		}
	}

	/** Both roles do so: there is no TCP connection whose end has to be waited for. */
	@Override
	public void endOutput() {
		this.tunnel.end();
	}

	@Override
	public void close() {
		this.tunnel.cancel();
		this.executor.execute(this::ended);
	}

	@Override
	public void received(ByteBuf data) {
		this.connection.received(data.retain());
		if (!this.turnEndScheduled) {
			this.turnEndScheduled = true;
			this.executor.execute(this.turnEnd);
		}
	}

	/** Pieces of one read have the same turn, as those of a socket. */
	private void endTurn() {
		this.turnEndScheduled = false;
		this.connection.receivedAll();
	}

	@Override
	public void writable() {
		this.connection.writable();
	}

	@Override
	public void ended() {
		if (!this.gone) {
			this.gone = true;
			this.connection.ended();
			this.connection.gone();
		}
	}

	@Override
	public void broken(Phase phase, String message, @Nullable Throwable cause) {
		if (!this.gone) {
			this.connection.broken(phase, "the connection broke: " + message, cause);
			ended();
		}
	}

}
