package io.securestreams.proxy.wire;

import io.netty.buffer.ByteBuf;

/**
 * TX_PAYLOAD: payload to the peer. A decoder passes on a frame that arrives in pieces as
 * several of these, in order, with the same head.
 *
 * @param head what the frame says of its payload
 * @param offset how many bytes of the frame's payload came before these
 * @param content the bytes, borrowed; empty only if the frame has no payload at all
 */
public record TxPayload(PayloadHead head, int offset, ByteBuf content) implements ClientFrame {

	/**
	 * Makes a whole frame.
	 * @param head tells the length of the content
	 * @param content the payload, borrowed
	 */
	public TxPayload(PayloadHead head, ByteBuf content) {
		this(head, 0, content);
	}

	/**
	 * Whether this is the first of the frame's payload.
	 * @return {@code true} if nothing came before
	 */
	public boolean isFirst() {
		return this.offset == 0;
	}

	/**
	 * Whether the frame's payload ends with this.
	 * @return {@code true} if nothing follows
	 */
	public boolean isLast() {
		return this.offset + this.content.readableBytes() >= this.head.length();
	}

	/**
	 * Returns the flags as far as they are true of this piece of the frame.
	 * @return see {@link PayloadFlag}
	 */
	public int flags() {
		return this.head.flagsOf(isFirst(), isLast());
	}

}
