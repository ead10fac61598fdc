package io.securestreams.transport.http2.server;

/**
 * Remembers streams that have been reset here while the peer was still sending on them:
 * what it had sent before it learnt so is no fault of its own. A peer has as many such
 * streams at a time as it may have open at most, so that the oldest can be forgotten.
 */
final class ClosedStreams {

	private final int[] reset;

	private int next;

	ClosedStreams(int maxStreams) {
		this.reset = new int[maxStreams];
	}

	/**
	 * A stream is reset here, and the peer has not ended it.
	 * @param streamId the stream
	 */
	void reset(int streamId) {
		this.reset[this.next] = streamId;
		this.next = (this.next + 1) % this.reset.length;
	}

	/**
	 * Whether frames of a stream may still be on their way.
	 * @param streamId the stream
	 */
	boolean mayArrive(int streamId) {
		for (int id : this.reset) {
			if (id == streamId) {
				return true;
			}
		}
		return false;
	}

}
