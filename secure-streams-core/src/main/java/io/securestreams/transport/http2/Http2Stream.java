package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamOptions;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * One request and its response on a connection (RFC 9113 section 5), whichever side we
 * are. Lives on the connection's event loop.
 */
public abstract class Http2Stream {

	/** Value of initial credit: windows are topped up as data is consumed. */
	public static final int AUTOMATIC_CREDIT = StreamOptions.AUTOMATIC_CREDIT;

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final Http2Connection connection;

	private final int id;

	/** {@code null} while the head is all there is: of requests, most are no more. */
	private @Nullable OutgoingData outgoing;

	private final IncomingData incoming;

	/** Whether the connection still routes frames here. */
	private boolean routed = true;

	/** Whether the user of the stream has heard the end, or does not want to. */
	private boolean over;

	private boolean remoteEnded;

	/** When the peer last did something for this stream, or could not be waited for. */
	private long progressNanos;

	/** Makes a stream, yet to be added to the connection. */
	protected Http2Stream(Http2Connection connection, int id, boolean outputEnded, boolean manualCredit) {
		this.connection = connection;
		this.id = id;
		this.outgoing = outputEnded ? null : outgoing(false);
		this.incoming = new IncomingData(this, connection, manualCredit);
		this.progressNanos = connection.now();
	}

	/** Returns the stream's number. */
	public int id() {
		return this.id;
	}

	/** Returns the connection it is on. */
	protected Http2Connection connection() {
		return this.connection;
	}

	/** Returns what is to be sent. */
	public OutgoingData outgoing() {
		OutgoingData known = this.outgoing;
		if (known == null) {
			known = outgoing(true);
			this.outgoing = known;
		}
		return known;
	}

	private OutgoingData outgoing(boolean ended) {
		return new OutgoingData(this, this.connection.output(), this.connection.peer().initialWindow(), ended);
	}

	/** Whether END_STREAM has been sent. */
	protected boolean isOutputEnded() {
		return this.outgoing == null || this.outgoing.isEnded();
	}

	/**
	 * The peer has changed the window that all streams start with.
	 * @param change bytes
	 * @return {@code false} if the window exceeds 2^31-1
	 */
	boolean growInitialWindow(int change) {
		return this.outgoing == null || this.outgoing.grow(change);
	}

	/** Returns what has been received. */
	protected IncomingData incoming() {
		return this.incoming;
	}

	/** Whether the connection still routes frames here. */
	protected boolean isRouted() {
		return this.routed;
	}

	/** Whether its user has heard the end, or does not want to. */
	public boolean isOver() {
		return this.over;
	}

	/** Whether the peer has sent END_STREAM. */
	public boolean isRemoteEnded() {
		return this.remoteEnded;
	}

	/**
	 * Asks for one {@link #writable}, later.
	 */
	public void requestWrite() {
		outgoing().requestWrite();
	}

	/**
	 * Takes data. What the windows have no room for waits.
	 * @param data released here
	 * @param end whether nothing follows
	 */
	public void write(ByteBuf data, boolean end) {
		outgoing().write(data, end);
	}

	/**
	 * Stops delivering, so that the peer is stopped by its window.
	 */
	public void pauseReading() {
		this.incoming.pause();
	}

	/** Goes on delivering. */
	public void resumeReading() {
		this.incoming.resume();
		progress();
		if (!this.incoming.isDrained() || this.remoteEnded) {
			this.connection.execute(this::deliverHeld);
		}
	}

	/**
	 * Lets the peer send more, where credit is given by hand.
	 * @param bytes positive
	 */
	public void grantCredit(int bytes) {
		if (this.routed) {
			progress();
			this.incoming.grant(bytes);
		}
	}

	/**
	 * Gives the stream up; its user hears nothing any more.
	 * @param error error code for RST_STREAM
	 */
	public void cancel(Http2Error error) {
		this.over = true;
		unroute(error);
		release();
	}

	/**
	 * Gives the stream up and tells its user.
	 * @param error error code for RST_STREAM
	 * @param reason why
	 */
	public void abort(Http2Error error, StreamEnd reason) {
		unroute(error);
		fail(reason);
	}

	/** The connection routes nothing here any more; {@link #fail} follows. */
	void lost() {
		this.routed = false;
	}

	/**
	 * The stream ends before it is complete. Not routed any more.
	 * @param reason why
	 */
	public void fail(StreamEnd reason) {
		this.routed = false;
		release();
		if (!this.over) {
			this.over = true;
			failed(reason);
		}
	}

	void dataStart(int flowLength) throws Http2Violation {
		this.incoming.charge(flowLength);
		String problem = checkDataStart();
		if (problem != null) {
			malformed(problem);
		}
	}

	/** Takes data of a DATA frame. */
	protected void data(ByteBuf data) throws Http2Violation {
		String problem = checkData(data.readableBytes());
		if (problem != null) {
			malformed(problem);
			return;
		}
		if (this.routed) {
			progress();
			this.incoming.receive(data);
		}
	}

	void dataEnd(int padding, boolean endStream) throws Http2Violation {
		if (padding > 0) {
			this.incoming.consume(padding);
		}
		if (!endStream || !this.routed) {
			return;
		}
		String problem = checkEnd();
		if (problem != null) {
			malformed(problem);
			return;
		}
		endRemote();
		deliverEnd();
	}

	/** The peer, or the application, has done something. */
	protected void progress() {
		this.progressNanos = this.connection.now();
	}

	/**
	 * END_STREAM has been sent with data.
	 */
	protected void outputEnded() {
	}

	/** The peer's sign of life is overdue: it has been asked for one. */
	protected void lifeInDoubt() {
	}

	/** There is a sign of life, or the stream is over. */
	protected void lifeCertain() {
	}

	// What is different on the two sides

	/**
	 * A header block on this stream, but not the one that opened it.
	 * @param headers its fields
	 * @param endStream whether nothing follows
	 */
	protected abstract void headers(Http2Headers headers, boolean endStream) throws Http2Violation;

	/**
	 * The peer breaks the rules of a message.
	 * @param problem what is wrong
	 */
	protected abstract void malformed(String problem) throws Http2Violation;

	/** What is wrong with data now, or {@code null}. */
	protected abstract @Nullable String checkDataStart() throws Http2Violation;

	/**
	 * Counts data.
	 * @param count bytes, above 0
	 * @return what is wrong, or {@code null}
	 */
	protected abstract @Nullable String checkData(int count);

	/** What is wrong with an end of the message now, or {@code null}. */
	protected abstract @Nullable String checkEnd();

	/**
	 * Data for the user of the stream.
	 * @param data borrowed
	 */
	protected abstract void received(ByteBuf data);

	/** All has arrived, and been delivered. */
	protected abstract void complete();

	/**
	 * The stream can take data, after {@link #requestWrite()}.
	 * @param capacity most bytes that can leave at once, at least 1
	 */
	protected abstract void writable(int capacity);

	/**
	 * Tells the user of the stream that it is over, once.
	 * @param reason why
	 */
	protected abstract void failed(StreamEnd reason);

	/** END_STREAM has arrived. */
	protected abstract void remoteEnded();

	/**
	 * Checks the time limits, about once a second.
	 * @param now current time
	 * @return why the stream must end, or {@code null}
	 */
	protected abstract @Nullable StreamEnd overdue(long now);

	// For the subclasses

	/**
	 * Whether nothing has moved for too long.
	 * @param now current time
	 * @param waiting whether the peer is waited for
	 * @param limitMillis how long it may take
	 * @return {@code true} if it is late
	 */
	protected boolean isLate(long now, boolean waiting, long limitMillis) {
		if (!waiting) {
			this.progressNanos = now;
			return false;
		}
		return now - this.progressNanos >= limitMillis * NANOS_PER_MILLI;
	}

	/** END_STREAM has arrived. */
	public void endRemote() {
		this.remoteEnded = true;
		remoteEnded();
	}

	/** Tells the user that all has arrived, once it has all been delivered. */
	public void deliverEnd() {
		if (this.remoteEnded && !this.over && this.incoming.isDrained()) {
			complete();
		}
	}

	/** The user of the stream is told of its end by the caller. */
	protected void end() {
		this.over = true;
		release();
	}

	/** Leaves the connection; RST_STREAM unless both sides have ended. */
	protected void unroute(Http2Error error) {
		if (this.routed) {
			this.routed = false;
			if (!isOutputEnded() || !this.remoteEnded) {
				this.connection.output().reset(this.id, error);
			}
			this.connection.remove(this);
		}
	}

	private void deliverHeld() {
		if (!this.over) {
			this.incoming.drain();
			deliverEnd();
		}
	}

	private void release() {
		lifeCertain();
		this.incoming.release();
		if (this.outgoing != null) {
			this.outgoing.release();
		}
	}

}
