package io.securestreams.transport.raw;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;

/**
 * What clients and accepted raw streams have in common: hands the engine's calls to the
 * connection there is, and remembers them while there is none yet.
 */
abstract class RawTransport implements StreamTransport {

	private @Nullable RawConnection connection;

	private boolean writeWanted;

	private boolean paused;

	private boolean draining;

	/** Forgets what was asked for during the attempt before. */
	void reset() {
		this.writeWanted = false;
		this.paused = false;
		this.draining = false;
	}

	/** The connection is usable. */
	void established(StreamLink link, Channel channel, String peer) {
		RawConnection established = new RawConnection(this, link, channel);
		this.connection = established;
		// With TLS an end without close_notify is the end of the whole
		channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, channel.pipeline().get(SslHandler.class) == null);
		channel.pipeline().addLast(RawConnection.NAME, established);
		link.connected(peer);
		// The application may have ended it already
		if (this.connection != established) {
			return;
		}
		established.start(this.paused, this.writeWanted, this.draining);
	}

	/**
	 * The connection has ended by itself.
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
		return TransportKind.BYTES;
	}

	@Override
	public void requestWrite() {
		if (this.connection != null && this.connection.isStarted()) {
			this.connection.requestWrite();
		}
		else {
			this.writeWanted = true;
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
	 * Sends what is written and the slots that are wanted, then ends the stream in order
	 * and reports {@link StreamLink#completed()}.
	 */
	public void drain() {
		this.draining = true;
		if (this.connection != null && this.connection.isStarted()) {
			this.connection.drain();
		}
	}

	@Override
	public void close() {
		abandon();
		RawConnection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.drop();
		}
	}

}
