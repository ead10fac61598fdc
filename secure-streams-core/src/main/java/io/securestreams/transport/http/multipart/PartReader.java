package io.securestreams.transport.http.multipart;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.MessagePart;

/**
 * Reads the heads of the parts of a multipart body, so that the stream knows which part
 * it gets before it gets any of it. A head is held back until it is complete, and passed
 * on as a piece of its own; content is passed on as it comes.
 */
final class PartReader implements MultipartSplitter.Parts {

	private static final byte[] NOTHING = new byte[0];

	private static final int FIRST_SIZE = 256;

	private final StreamLink link;

	private final HttpMessageLimits limits;

	private int parts;

	private boolean inHead;

	/** What earlier pieces have brought of the head. */
	private byte[] head = NOTHING;

	private int headLength;

	/** Bytes of the current line. */
	private int lineLength;

	private boolean afterCr;

	/** The application may end the transaction between two parts of one piece. */
	private boolean stopped;

	PartReader(StreamLink link, HttpMessageLimits limits) {
		this.link = link;
		this.limits = limits;
	}

	void stop() {
		this.stopped = true;
	}

	@Override
	public void part(ByteBuf data, int flags) {
		if ((flags & PayloadFlags.SOM) != 0) {
			startPart();
		}
		if (this.inHead) {
			head(data, flags);
		}
		else {
			deliver(data, flags);
		}
	}

	private void startPart() {
		if (++this.parts > this.limits.maxParts()) {
			throw new IllegalArgumentException("more than " + this.limits.maxParts() + " parts");
		}
		this.inHead = true;
		this.headLength = 0;
		this.lineLength = 0;
		this.afterCr = false;
	}

	/** A part without the empty line after its head is nothing but a head. */
	private void head(ByteBuf data, int flags) {
		int size = headEnd(data) - data.readerIndex();
		boolean end = (flags & PayloadFlags.EOM) != 0;
		if (this.headLength + size > this.limits.maxPartHead()) {
			throw new IllegalArgumentException("head of a part of more than " + this.limits.maxPartHead() + " bytes");
		}
		if (this.inHead && !end) {
			hold(data, size);
			return;
		}
		this.inHead = false;
		ByteBuf whole = data.slice(data.readerIndex(), size);
		if (this.headLength > 0) {
			hold(data, size);
			whole = Unpooled.wrappedBuffer(this.head, 0, this.headLength);
		}
		this.head = NOTHING;
		boolean all = size == data.readableBytes();
		if (!this.stopped) {
			this.link.part(PartHead.parse(whole.toString(StandardCharsets.UTF_8)));
		}
		deliver(whole, PayloadFlags.SOM | (all ? flags : 0));
		if (!all) {
			deliver(data.slice(data.readerIndex() + size, data.readableBytes() - size), flags & ~PayloadFlags.SOM);
		}
	}

	/** Looks for the end of the head; what is not in it counts for nothing. */
	private int headEnd(ByteBuf data) {
		for (int i = data.readerIndex(); i < data.writerIndex(); i++) {
			byte octet = data.getByte(i);
			if (octet == '\n' && this.afterCr) {
				if (this.lineLength == 1) {
					this.inHead = false;
					return i + 1;
				}
				this.lineLength = 0;
				this.afterCr = false;
			}
			else {
				this.lineLength++;
				this.afterCr = octet == '\r';
			}
		}
		return data.writerIndex();
	}

	private void hold(ByteBuf data, int size) {
		int length = this.headLength + size;
		if (length > this.head.length) {
			this.head = Arrays.copyOf(this.head, Math.max(FIRST_SIZE, 2 * length));
		}
		data.getBytes(data.readerIndex(), this.head, this.headLength, size);
		this.headLength = length;
	}

	private void deliver(ByteBuf piece, int flags) {
		if (!this.stopped) {
			this.link.received(piece, flags);
		}
	}

}
