package io.securestreams.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;
import org.jspecify.annotations.Nullable;

/**
 * What client and server WebSocket streams have in common: hands the engine's calls to
 * the connection there is, and remembers them while there is none yet.
 */
abstract class WebSocketTransport implements StreamTransport {

	private @Nullable WebSocketConnection connection;

	private boolean writeWanted;

	private boolean paused;

	private boolean draining;

	/** Forgets what was asked for during the attempt before. */
	void reset() {
		this.writeWanted = false;
		this.paused = false;
		this.draining = false;
	}

	/**
	 * The opening handshake is done and the connection in its pipeline.
	 * @param link the stream
	 * @param established the connection
	 * @param peer name of the peer
	 */
	void established(StreamLink link, WebSocketConnection established, String peer) {
		this.connection = established;
		link.connected(peer);
		// The application may have ended it already
		if (this.connection == established) {
			established.start(this.paused, this.writeWanted, this.draining);
		}
	}

	/**
	 * The connection has ended by itself.
	 * @param link the stream
	 * @param failure why, or {@code null} if it was drained
	 */
	void ended(StreamLink link, @Nullable StreamFailure failure) {
		this.connection = null;
		reportTimings(link);
		if (failure != null) {
			link.closed(failure);
		}
		else {
			link.completed();
		}
	}

	/** Tells the link how long connecting took, where that is known. */
	void reportTimings(StreamLink link) {
	}

	/** Ends what is under way and is not a connection yet. */
	abstract void abandon();

	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

	@Override
	public void requestWrite() {
		this.writeWanted = true;
		if (this.connection != null) {
			this.connection.requestWrite();
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		if (this.connection != null) {
			this.connection.write(payload, flags);
		}
		else {
			payload.release();
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		if (this.connection != null) {
			this.connection.pause();
		}
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		if (this.connection != null) {
			this.connection.resume();
		}
	}

	@Override
	public void confirmValidity() {
		if (this.connection != null) {
			this.connection.confirmValidity();
		}
	}

	/**
	 * Sends the slots that are wanted and the rest of the message under way, then begins
	 * the closing handshake with code 1001 and reports {@link StreamLink#completed()}.
	 */
	void finish() {
		this.draining = true;
		if (this.connection != null) {
			this.connection.drain();
		}
	}

	/**
	 * Begins the closing handshake with code 1000, which goes on in the background.
	 */
	@Override
	public void close() {
		abandon();
		WebSocketConnection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

}
