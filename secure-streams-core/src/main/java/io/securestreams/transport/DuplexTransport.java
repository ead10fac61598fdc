package io.securestreams.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.stream.StreamFailure;

/**
 * What clients and accepted streams of protocols have in common that let both sides speak
 * at any time: hands the engine's calls to the connection there is, and remembers them
 * while there is none yet.
 *
 * @param <C> kind of the connection
 */
public abstract class DuplexTransport<C extends DuplexConnection> implements StreamTransport {

	private @Nullable C connection;

	/** The connection does what it is asked for. */
	private boolean started;

	private boolean writeWanted;

	private boolean paused;

	private boolean draining;

	/** Forgets what was asked for during the attempt before. */
	protected final void reset() {
		this.started = false;
		this.writeWanted = false;
		this.paused = false;
		this.draining = false;
	}

	/**
	 * The connection is usable.
	 * @param link the stream
	 * @param established the connection
	 * @param peer name of the peer
	 */
	protected final void established(StreamLink link, C established, String peer) {
		this.connection = established;
		link.connected(peer);
		// The application may have ended it already
		if (this.connection == established) {
			this.started = true;
			established.start(this.paused, this.writeWanted, this.draining);
		}
	}

	/**
	 * The connection has ended by itself.
	 * @param link the stream
	 * @param failure why, or {@code null} if it was drained
	 */
	public final void ended(StreamLink link, @Nullable StreamFailure failure) {
		this.connection = null;
		reportTimings(link);
		if (failure != null) {
			link.closed(failure);
		}
		else {
			link.completed();
		}
	}

	/**
	 * Tells how long connecting took, where that is known.
	 * @param link the stream
	 */
	protected void reportTimings(StreamLink link) {
	}

	/** Ends what is under way and is not a connection yet. */
	protected abstract void abandon();

	@Override
	public void requestWrite() {
		C open = this.connection;
		if (open != null && this.started) {
			open.requestWrite();
		}
		else {
			this.writeWanted = true;
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		C open = this.connection;
		if (open != null) {
			open.write(payload, flags);
		}
		else {
			payload.release();
		}
	}

	@Override
	public boolean isDropping() {
		C open = this.connection;
		return open != null && open.isDropping();
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
	 * Sends what is written and the slots that are wanted, then ends the stream in order
	 * and reports {@link StreamLink#completed()}. For transports that are given, see
	 * {@code GivenTransport}.
	 */
	public void drain() {
		this.draining = true;
		C open = this.connection;
		if (open != null && this.started) {
			open.drain();
		}
	}

	@Override
	public void close() {
		abandon();
		C open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

}
