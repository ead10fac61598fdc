package io.securestreams.transport.websocket.frame;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.PayloadFlags;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the stream's payload into frames: one per slot, the first of a message with its
 * type, the others as continuations, the last with FIN (RFC 6455 section 5.4).
 */
public final class MessageWriter {

	private static final Logger logger = LoggerFactory.getLogger(MessageWriter.class);

	/** Shorter messages do not get shorter by compression. */
	private static final int MIN_DEFLATE = 32;

	private static final int FIN = 0x80;

	private static final int RSV1 = 0x40;

	private final WebSocketFrameWriter frames;

	private final int opcode;

	private final @Nullable MessageDeflater deflater;

	private final String tag;

	private boolean inMessage;

	private boolean compressed;

	private boolean warned;

	/**
	 * Makes a writer.
	 * @param frames takes the frames
	 * @param binary whether messages are binary, else text
	 * @param deflater compresses if permessage-deflate was agreed on; owned
	 * @param tag the stream's name for logs
	 */
	public MessageWriter(WebSocketFrameWriter frames, boolean binary, @Nullable MessageDeflater deflater, String tag) {
		this.frames = frames;
		this.opcode = binary ? Opcode.BINARY : Opcode.TEXT;
		this.deflater = deflater;
		this.tag = tag;
	}

	/** Whether a message has been started and not ended. */
	public boolean isInsideMessage() {
		return this.inMessage;
	}

	/**
	 * Adds the payload of one slot. Marks that do not fit are put right: a start inside a
	 * message is none, and where no message is open one starts.
	 * @param payload released
	 * @param flags SOM and EOM
	 */
	public void write(ByteBuf payload, int flags) {
		boolean start = !this.inMessage;
		boolean end = (flags & PayloadFlags.EOM) != 0;
		if (start != ((flags & PayloadFlags.SOM) != 0) && !this.warned) {
			this.warned = true;
			logger.warn("[{}] message {} (put right, and not mentioned again for this connection)", this.tag,
					start ? "not marked as started" : "marked as started inside another");
		}
		int first = start ? this.opcode : Opcode.CONTINUATION;
		ByteBuf body = payload;
		if (this.deflater != null) {
			if (start) {
				this.compressed = !end || payload.readableBytes() >= MIN_DEFLATE;
				first |= this.compressed ? RSV1 : 0;
			}
			if (this.compressed) {
				body = this.deflater.deflate(payload, end);
			}
		}
		this.inMessage = !end;
		this.frames.frame(end ? first | FIN : first, body);
	}

	/** Gives back memory that an idle connection does not need. */
	public void giveBack() {
		if (this.deflater != null) {
			this.deflater.giveBack();
		}
	}

	/** Lets go of the deflater. */
	public void close() {
		if (this.deflater != null) {
			this.deflater.close();
		}
	}

}
