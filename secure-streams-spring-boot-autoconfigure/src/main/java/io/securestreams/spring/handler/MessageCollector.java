package io.securestreams.spring.handler;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamOverflowException;

/**
 * Puts the parts of one stream's messages together. A message whose end never comes is
 * forgotten. Used on the stream's event loop only.
 */
final class MessageCollector {

	private static final byte[] NOTHING = {};

	private final int maxMessageSize;

	private byte[] bytes = NOTHING;

	private int length;

	private boolean collecting;

	/** The stream has messages. */
	private boolean marked;

	MessageCollector(int maxMessageSize) {
		this.maxMessageSize = maxMessageSize;
	}

	/**
	 * Adds a part.
	 * @param stream the stream
	 * @param payload the part
	 * @return the message if the part completes one, else {@code null}
	 * @throws StreamOverflowException if the message is too long
	 */
	byte @Nullable [] add(SecureStream stream, Payload payload) {
		if (payload.isPerf()) {
			return null;
		}
		if (payload.isStart()) {
			reset();
			this.collecting = true;
			this.marked = true;
		}
		else if (!this.collecting) {
			// The rest of a message that was given up, unless there are no messages
			return isRaw(stream) ? payload.toByteArray() : null;
		}
		byte[] part = payload.toByteArray();
		if (part.length > this.maxMessageSize - this.length) {
			reset();
			throw new StreamOverflowException("message of streamtype \"" + stream.streamType()
					+ "\" is longer than maxMessageSize " + this.maxMessageSize);
		}
		if (!payload.isEnd()) {
			append(part);
			return null;
		}
		byte[] message = part;
		if (this.length > 0) {
			message = Arrays.copyOf(this.bytes, this.length + part.length);
			System.arraycopy(part, 0, message, this.length, part.length);
		}
		reset();
		return message;
	}

	/**
	 * Forgets the message in hand: its rest will not come.
	 */
	void reset() {
		this.bytes = NOTHING;
		this.length = 0;
		this.collecting = false;
	}

	private void append(byte[] part) {
		int needed = this.length + part.length;
		if (needed > this.bytes.length) {
			long grown = Math.max(needed, Math.min(2L * this.bytes.length, this.maxMessageSize));
			this.bytes = Arrays.copyOf(this.bytes, (int) grown);
		}
		System.arraycopy(part, 0, this.bytes, this.length, part.length);
		this.length = needed;
	}

	/** What a proxy fulfils is raw unless it has marks. */
	private boolean isRaw(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		return (policy != null) ? policy.protocol().protocol() == Protocol.RAW : !this.marked;
	}

}
