package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.slf4j.event.Level;

import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * What a client's and a server's side of a connection do differently. Called by
 * {@link Http2Connection} on the event loop.
 */
interface ConnectionSide {

	/**
	 * Writes what this side starts with.
	 * @param writer the connection's writer
	 */
	void preface(Http2FrameWriter writer);

	/**
	 * Reads what the peer starts with, before its frames.
	 * @param in what has arrived
	 * @return {@code false} if there is more to come
	 */
	boolean readPreface(ByteBuf in) throws Http2Violation;

	/**
	 * Whether a stream has never been opened. Not called for open ones.
	 */
	boolean isIdle(int streamId);

	/**
	 * Whether a header block opens that stream.
	 */
	boolean isOpening(int streamId);

	/**
	 * A header block opens a stream.
	 * @param streamId the stream, {@link #isOpening}
	 * @param headers its fields
	 * @param endStream whether nothing follows
	 */
	void opening(int streamId, Http2Headers headers, boolean endStream) throws Http2Violation;

	/**
	 * A header block that opens a stream is no good.
	 * @param streamId the stream, {@link #isOpening}
	 * @param reason what is wrong
	 * @param tooLarge whether it is not malformed, just exceeds the limits
	 * @param endStream whether nothing follows
	 */
	void opening(int streamId, String reason, boolean tooLarge, boolean endStream) throws Http2Violation;

	/**
	 * DATA or HEADERS on a stream that was open once.
	 * @param streamId the stream
	 * @param frame the frame's name
	 */
	void closedStream(int streamId, String frame) throws Http2Violation;

	/**
	 * The peer has reset a stream, which is not routed any more.
	 * @param stream the stream
	 * @param code the peer's error code
	 */
	void reset(Http2Stream stream, long code) throws Http2Violation;

	/**
	 * The peer has made the window of a stream larger than windows can be.
	 * @param stream the stream
	 */
	void windowOverflow(Http2Stream stream) throws Http2Violation;

	/**
	 * GOAWAY.
	 * @param lastStreamId last stream of ours that the peer may have processed
	 * @param reason code and text
	 */
	void peerLeaves(int lastStreamId, String reason);

	/**
	 * A stream has taken longer than it may.
	 * @param stream the stream
	 * @param reason what it waits for
	 */
	void overdue(Http2Stream stream, StreamEnd reason);

	/**
	 * Returns the last stream of the peer that has been acted on, for GOAWAY.
	 */
	int lastPeerStream();

	/**
	 * DATA is on its way.
	 * @param bytes of it
	 */
	default void sent(int bytes) {
	}

	/**
	 * More is held that the windows have no room for, or less.
	 * @param change bytes
	 */
	default void held(int change) {
	}

	/**
	 * Returns how much a slot may take.
	 * @param most bytes, as a rule
	 * @param room bytes that the windows have room for
	 */
	default int slot(int most, int room) {
		return most;
	}

	/** There may be room for more streams. */
	void roomMade();

	/** No more streams are to be opened. */
	void retired();

	/** The connection is closed, and {@link #retired} has been called. */
	void closed();

	/**
	 * Nothing has been going on for the idle time.
	 */
	void idle();

	/**
	 * Returns how loud the log is about a peer that breaks the rules.
	 */
	Level faultLevel();

	/**
	 * Closes the channel; GOAWAY is on its way.
	 * @param error the code in it
	 */
	void closeChannel(Http2Error error);

}
