package io.securestreams.proxy.mux;

import org.jspecify.annotations.Nullable;

/**
 * What a frame of the mux layer is, and how long what follows its first byte.
 */
enum MuxCode {

	/** The client opens a channel. */
	CHANNEL_REQ(0xf0, 1),
	/** The channel is open. */
	CHANNEL_ACK(0xf1, 1),
	/** The channel is not, or not any more. */
	CHANNEL_NACK(0xf2, 1),
	/** A side ends a channel. */
	CHANNEL_CLOSE(0xf3, 1),
	/** The other side has, too. */
	CHANNEL_CLOSE_ACK(0xf4, 1),
	/** Data: channel, length, and then so many bytes. */
	MUX(0xf5, 3),
	/** Is anybody there? With the clock of who asks. */
	PING(0xf6, 8),
	/** Yes: the clock of who has asked, and one's own. */
	PONG(0xf7, 16),
	/** So both know. */
	PONGACK(0xf8, 8),
	/** Forget all channels. */
	RESET_TRANSPORT(0xf9, 0);

	private static final MuxCode[] ALL = values();

	private final int code;

	private final int length;

	MuxCode(int code, int length) {
		this.code = code;
		this.length = length;
	}

	int code() {
		return this.code;
	}

	/** Bytes after the code, but for data. */
	int length() {
		return this.length;
	}

	/** Finds a code. Returns {@code null} if there is none of that number. */
	static @Nullable MuxCode of(int code) {
		int index = code - CHANNEL_REQ.code;
		return (index >= 0 && index < ALL.length) ? ALL[index] : null;
	}

}
