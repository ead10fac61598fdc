package io.securestreams.proxy.client.payload;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.proxy.wire.StreamType;

/**
 * Puts system messages together: a message travels in one frame, however many slots a
 * handler fills with it, and is received at once, however the frame was cut on its way.
 * What is no system message is dropped; sent, it would cost the link. On the event loop
 * of the stream.
 */
public final class SystemMessageFrames {

	private static final Logger log = LoggerFactory.getLogger(SystemMessageFrames.class);

	private final String tag;

	private @Nullable ByteBuf held;

	/** Bytes of the message that have come, of which no more than needed are held. */
	private long length;

	/**
	 * Makes an empty one.
	 * @param tag the stream's name for logs
	 */
	public SystemMessageFrames(String tag) {
		this.tag = tag;
	}

	/**
	 * Takes a piece of a message.
	 * @param payload released, or returned
	 * @param flags whether a message starts and ends with it
	 * @return the whole message, the caller's, or {@code null} if it is not whole
	 */
	public @Nullable ByteBuf add(ByteBuf payload, int flags) {
		if ((flags & PayloadFlags.SOM) != 0) {
			clear();
		}
		this.length += payload.readableBytes();
		ByteBuf message = this.held;
		if (message == null) {
			message = payload;
		}
		else {
			if (this.length <= StreamType.MAX_SMD_LENGTH) {
				message.writeBytes(payload);
			}
			payload.release();
		}
		if ((flags & PayloadFlags.EOM) == 0) {
			this.held = (this.held != null) ? message : hold(message);
			return null;
		}
		this.held = null;
		long whole = this.length;
		this.length = 0;
		if (whole >= StreamType.MIN_SMD_LENGTH && whole <= StreamType.MAX_SMD_LENGTH) {
			return message;
		}
		message.release();
		log.warn("[{}] a system message of {} bytes is dropped (expected: {} to {}, of which 16 are class and time)",
				this.tag, whole, StreamType.MIN_SMD_LENGTH, StreamType.MAX_SMD_LENGTH);
		return null;
	}

	private static ByteBuf hold(ByteBuf first) {
		ByteBuf copy = first.alloc().directBuffer(StreamType.MAX_SMD_LENGTH, StreamType.MAX_SMD_LENGTH);
		copy.writeBytes(first, Math.min(first.readableBytes(), StreamType.MAX_SMD_LENGTH));
		first.release();
		return copy;
	}

	/** What has come of a message is not going to be whole. */
	public void clear() {
		ByteBuf rest = this.held;
		this.held = null;
		this.length = 0;
		if (rest != null) {
			rest.release();
		}
	}

}
