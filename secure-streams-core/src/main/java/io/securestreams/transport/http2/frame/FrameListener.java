package io.securestreams.transport.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * What {@link Http2FrameReader} has read; every method may refuse it.
 */
public interface FrameListener {

	/**
	 * A DATA frame starts.
	 * @param streamId the stream
	 * @param flowLength bytes that count for flow control: data and padding
	 */
	void dataStart(int streamId, int flowLength) throws Http2Violation;

	/**
	 * Some of the data of a DATA frame.
	 * @param streamId the stream
	 * @param data borrowed; never empty
	 */
	void data(int streamId, ByteBuf data) throws Http2Violation;

	/**
	 * A DATA frame is complete.
	 * @param streamId the stream
	 * @param dataLength bytes of data
	 * @param padding bytes that counted for flow control only
	 * @param endStream END_STREAM
	 */
	void dataEnd(int streamId, int dataLength, int padding, boolean endStream) throws Http2Violation;

	/**
	 * A header block is complete and sound.
	 * @param streamId the stream
	 * @param headers the fields
	 * @param endStream END_STREAM
	 */
	void headers(int streamId, Http2Headers headers, boolean endStream) throws Http2Violation;

	/**
	 * A header block is complete but its fields break the rules or exceed the limits; the
	 * compression state is sound.
	 * @param streamId the stream
	 * @param reason what is wrong
	 * @param tooLarge whether it is just too much
	 * @param endStream END_STREAM
	 */
	void badHeaders(int streamId, String reason, boolean tooLarge, boolean endStream) throws Http2Violation;

	/**
	 * RST_STREAM.
	 * @param streamId the stream
	 * @param code error code
	 */
	void reset(int streamId, long code) throws Http2Violation;

	/**
	 * SETTINGS, not an acknowledgement.
	 * @param settings pairs of 16 bit identifier and 32 bit value
	 * @param length bytes to read
	 */
	void settings(ByteBuf settings, int length) throws Http2Violation;

	/**
	 * SETTINGS with ACK.
	 */
	void settingsAck() throws Http2Violation;

	/**
	 * PING.
	 * @param payload opaque data
	 * @param ack ACK
	 */
	void ping(long payload, boolean ack) throws Http2Violation;

	/**
	 * GOAWAY.
	 * @param lastStreamId last stream the peer may have processed
	 * @param code error code
	 * @param debug what the peer has to say, printable
	 */
	void goAway(int lastStreamId, long code, String debug) throws Http2Violation;

	/**
	 * WINDOW_UPDATE.
	 * @param streamId the stream, 0 for the connection
	 * @param increment bytes, 0 if the peer is wrong
	 */
	void windowUpdate(int streamId, int increment) throws Http2Violation;

	/**
	 * A frame without meaning here: PRIORITY or an extension.
	 */
	void ignored() throws Http2Violation;

}
