package io.securestreams.transport.http2;

import io.netty.handler.codec.http2.Http2Error;

import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * Counts frames of a peer that cost us work and bring it nothing. Each is a strike, each
 * useful frame takes one back, time takes the rest; too many at once end the connection.
 * So a peer that pings while it serves is fine, one that only pings is not. What a peer
 * sends because of what we have sent is no strike.
 */
public final class AbuseMeter {

	/** More than a peer can owe us is not kept. */
	private static final int MAX_CAUSED = 1 << 20;

	private final int max;

	private int strikes;

	/** Frames that the peer may send because of what we have sent. */
	private int caused;

	/** Acknowledgements that wait because the peer does not read. */
	private int unreadReplies;

	/** Makes a meter that allows so many useless frames. */
	public AbuseMeter(int max) {
		this.max = max;
	}

	/** Counts a frame without use. */
	public void strike(String what) throws Http2Violation {
		this.strikes++;
		if (this.strikes > this.max) {
			throw new Http2Violation(Http2Error.ENHANCE_YOUR_CALM, "too many frames without use, the last " + what);
		}
	}

	/**
	 * A frame that has to be answered.
	 * @param what its name
	 * @param writable whether the answer can leave at once
	 */
	void reply(String what, boolean writable) throws Http2Violation {
		strike(what);
		this.unreadReplies = writable ? 0 : this.unreadReplies + 1;
		if (this.unreadReplies > this.max / 4) {
			throw new Http2Violation(Http2Error.ENHANCE_YOUR_CALM, "replies to " + what + " are not read");
		}
	}

	/**
	 * Takes note that the peer has cause to send frames which are of no use otherwise.
	 * @param frames how many
	 */
	public void caused(int frames) {
		this.caused = Math.min(MAX_CAUSED, this.caused + frames);
	}

	/**
	 * Counts a frame that is of no use unless we have caused it.
	 * @param what its name
	 */
	void strikeUnlessCaused(String what) throws Http2Violation {
		if (this.caused > 0) {
			this.caused--;
		}
		else {
			strike(what);
		}
	}

	/** Counts a frame of use. */
	public void useful() {
		if (this.strikes > 0) {
			this.strikes--;
		}
	}

	/**
	 * Called about once a second.
	 */
	public void decay() {
		this.strikes -= (this.strikes + 3) / 4;
	}

}
