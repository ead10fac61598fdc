package io.securestreams.transport.http2.client;

import io.securestreams.transport.http2.Http2Stream;

/**
 * What is needed to open a stream.
 *
 * @param block header block without any reference to a dynamic table
 * @param endStream whether there is no body
 * @param head whether the method is HEAD
 * @param tunnel whether it is an extended CONNECT (RFC 8441)
 * @param longPoll whether the body of the response may pause for any time
 * @param credit bytes the peer may send at first, or {@link Http2Stream#AUTOMATIC_CREDIT}
 */
record Http2Request(byte[] block, boolean endStream, boolean head, boolean tunnel, boolean longPoll, int credit) {

	static Http2Request tunnel(byte[] block) {
		return new Http2Request(block, false, false, true, false, Http2Stream.AUTOMATIC_CREDIT);
	}

}
