package io.securestreams.proxy.server.payload;

import java.util.Objects;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.transport.loop.ChannelTask;
import io.securestreams.transport.loop.WriteBatch;

/**
 * Frames for the client, written and flushed once for each turn of the event loop.
 * <p>
 * Clients of libwebsockets repeat the marks of a frame on each piece in which it reaches
 * them, and lose some of a frame that is large, or comes in pieces after an empty one. So
 * frames for them are small, those with marks hold one byte, unless they are a whole
 * message, and a message does not end with an empty frame if its end is known in time. A
 * small message whose end comes by itself in the same turn is put together for them.
 */
public final class RxFraming extends WriteBatch {

	/** Payload that clients of libwebsockets pass on in one piece. */
	private static final int CAREFUL_CHUNK = 1380;

	private static final int MAX_CHUNK = 32 * 1024;

	/** Payload up to this size is copied: cheaper than one more buffer to write. */
	private static final int COPY_LIMIT = 2048;

	/** Chunks that are copied are copied to a buffer of this size at most. */
	private static final int MAX_TOGETHER = 128 * 1024;

	/** Flags that belong to the start of a message or group. */
	private static final int STARTS = PayloadFlag.SOM | PayloadFlag.RELATED_START;

	private static final int ENDS = PayloadFlag.EOM | PayloadFlag.RELATED_END;

	private final ChannelHandlerContext ctx;

	private final Runnable flush;

	private final Consumer<Boolean> writability;

	private boolean careful = true;

	private boolean plain;

	private int chunk = CAREFUL_CHUNK;

	private boolean scheduled;

	/** What becomes of writability is seen when this is done. */
	private boolean busy;

	private boolean writable = true;

	/** Of this turn's payload, us; 0 before the first. */
	private long time;

	/** Bytes of frames without payload, sent since the client does not keep up. */
	private long unreadFrames;

	/** The last byte of a message so far, which may turn out to be its end. */
	private int heldByte = -1;

	private @Nullable String heldRideshare;

	/** All of a small message so far, which may turn out to be whole. */
	private @Nullable ByteBuf heldStart;

	private int heldMarks;

	/**
	 * Makes the framing of one link.
	 * @param ctx the link
	 * @param writability is told whether the client keeps up
	 */
	public RxFraming(ChannelHandlerContext ctx, Consumer<Boolean> writability) {
		this.ctx = ctx;
		this.writability = writability;
		this.flush = ChannelTask.of(ctx::channel, this::flush);
	}

	/** There are no messages whose end is to be waited for. */
	public void plain() {
		this.plain = true;
	}

	/** The client is one of ours, which takes frames as they are. */
	public void trust(long clientBuffer) {
		this.careful = false;
		this.chunk = (int) Math.max(CAREFUL_CHUNK, Math.min(MAX_CHUNK, clientBuffer / 2));
	}

	public void send(ProxyFrame frame, int size) {
		this.busy = true;
		releaseHeld(0);
		FrameEncoder.write(frame, room(size + FrameEncoder.MAX_PAYLOAD_HEAD));
		schedule();
		settle();
		if (!this.ctx.channel().isWritable()) {
			// Not before the client has had a chance: there would be nobody to say that
			// it has read
			this.unreadFrames += size;
		}
	}

	/** How much of what does not wait for the client it has not read, about. */
	public long unreadFrames() {
		return this.unreadFrames;
	}

	/** The client has caught up. */
	public void isRead() {
		this.unreadFrames = 0;
	}

	/**
	 * Sends payload.
	 * @param flags see {@link PayloadFlag}
	 * @param rideshare or {@code null} for the stream's own
	 * @param content borrowed
	 */
	public void payload(int flags, @Nullable String rideshare, ByteBuf content) {
		this.busy = true;
		add(flags, rideshare, content);
		settle();
	}

	private void add(int flags, @Nullable String rideshare, ByteBuf content) {
		int marks = flags & (STARTS | ENDS);
		schedule();
		if (this.careful && !this.plain && puts(marks, rideshare, content)) {
			return;
		}
		if (!content.isReadable()) {
			if (this.heldByte >= 0 && (marks & ENDS) != 0 && (marks & STARTS) == 0) {
				releaseHeld(marks);
			}
			else {
				releaseHeld(0);
				frame(marks, rideshare, content, content.readerIndex(), 0);
			}
			return;
		}
		releaseHeld(0);
		if (this.careful && !this.plain) {
			carefully(marks, rideshare, content);
		}
		else {
			chunks(marks, rideshare, content, content.readerIndex(), content.readableBytes());
		}
	}

	/** Puts a small message together as long as that is possible. */
	private boolean puts(int marks, @Nullable String rideshare, ByteBuf content) {
		int length = content.readableBytes();
		ByteBuf start = this.heldStart;
		if (start == null) {
			boolean begins = (marks & PayloadFlag.SOM) != 0 && (marks & ENDS) == 0;
			if (!begins || length == 0 || length > this.chunk) {
				return false;
			}
			releaseHeld(0);
			this.heldStart = this.ctx.alloc().buffer(this.chunk).writeBytes(content, content.readerIndex(), length);
			this.heldMarks = marks;
			this.heldRideshare = rideshare;
			return true;
		}
		if ((marks & STARTS) != 0 || !Objects.equals(rideshare, this.heldRideshare)
				|| start.readableBytes() + length > this.chunk) {
			return false;
		}
		start.writeBytes(content, content.readerIndex(), length);
		if ((marks & ENDS) != 0) {
			this.heldStart = null;
			frame(this.heldMarks | marks, rideshare, start, start.readerIndex(), start.readableBytes());
			start.release();
		}
		return true;
	}

	private void carefully(int marks, @Nullable String rideshare, ByteBuf content) {
		int at = content.readerIndex();
		int length = content.readableBytes();
		boolean whole = (marks & STARTS) != 0 && (marks & ENDS) != 0;
		if ((whole && length <= this.chunk) || length == 1) {
			frame(marks, rideshare, content, at, length);
			return;
		}
		if ((marks & STARTS) != 0) {
			frame(marks & STARTS, rideshare, content, at, 1);
			at++;
			length--;
		}
		if ((marks & ENDS) != 0) {
			chunks(0, rideshare, content, at, length - 1);
			frame(marks & ENDS, rideshare, content, at + length - 1, 1);
		}
		else {
			chunks(0, rideshare, content, at, length - 1);
			this.heldByte = content.getByte(at + length - 1) & 0xff;
			this.heldRideshare = rideshare;
		}
	}

	private void chunks(int marks, @Nullable String rideshare, ByteBuf content, int from, int length) {
		if (this.chunk <= COPY_LIMIT && length > this.chunk) {
			// All in one buffer
			room(Math.min(MAX_TOGETHER, length + (length / this.chunk + 1) * FrameEncoder.MAX_PAYLOAD_HEAD));
		}
		int at = from;
		int left = length;
		int starts = marks & STARTS;
		while (left > 0) {
			int size = Math.min(left, this.chunk);
			frame(starts | ((size == left) ? marks & ENDS : 0), rideshare, content, at, size);
			starts = 0;
			at += size;
			left -= size;
		}
	}

	private void frame(int marks, @Nullable String rideshare, ByteBuf content, int at, int length) {
		PayloadHead head = new PayloadHead((rideshare != null) ? marks | PayloadFlag.RIDESHARE : marks, 0, time(),
				rideshare, length);
		if (length <= COPY_LIMIT) {
			ByteBuf out = room(FrameEncoder.MAX_PAYLOAD_HEAD + length);
			FrameEncoder.writeRxHead(head, out);
			out.writeBytes(content, at, length);
		}
		else {
			FrameEncoder.writeRxHead(head, room(FrameEncoder.MAX_PAYLOAD_HEAD));
			pass(content.retainedSlice(at, length));
		}
	}

	private long time() {
		if (this.time == 0) {
			this.time = System.nanoTime() / 1000;
		}
		return this.time;
	}

	private void releaseHeld(int marks) {
		ByteBuf start = this.heldStart;
		if (start != null) {
			// It goes on, or nobody knows
			this.heldStart = null;
			carefully(this.heldMarks, this.heldRideshare, start);
			start.release();
		}
		int held = this.heldByte;
		if (held < 0) {
			return;
		}
		this.heldByte = -1;
		String rideshare = this.heldRideshare;
		FrameEncoder.writeRxHead(
				new PayloadHead((rideshare != null) ? marks | PayloadFlag.RIDESHARE : marks, 0, time(), rideshare, 1),
				room(FrameEncoder.MAX_PAYLOAD_HEAD + 1));
		room(1).writeByte(held);
	}

	/**
	 * Whether the client keeps up, seen from the end of a turn: until then it has had no
	 * chance to.
	 */
	public void onWritability() {
		boolean now = this.ctx.channel().isWritable();
		if (!this.busy && now != this.writable) {
			this.writable = now;
			this.writability.accept(now);
		}
	}

	private void settle() {
		if (collected() >= this.ctx.channel().bytesBeforeUnwritable()) {
			// What is collected counts: the client's buffer has the policy's size. Where
			// it is full already, what has not been flushed may go at once
			finish();
			this.ctx.flush();
		}
		this.busy = false;
		onWritability();
	}

	private void schedule() {
		if (!this.scheduled) {
			this.scheduled = true;
			this.ctx.executor().execute(this.flush);
		}
	}

	/** Writes and flushes what there is. */
	public void flush() {
		this.scheduled = false;
		this.time = 0;
		if (!this.ctx.channel().isActive()) {
			drop();
			return;
		}
		this.busy = true;
		releaseHeld(0);
		if (finish()) {
			this.ctx.flush();
		}
		settle();
	}

	/** Lets go of what has not been written. */
	public void drop() {
		ByteBuf start = this.heldStart;
		this.heldStart = null;
		if (start != null) {
			start.release();
		}
		release();
	}

	@Override
	protected ByteBufAllocator alloc() {
		return this.ctx.alloc();
	}

	@Override
	protected void write(ByteBuf bytes) {
		this.ctx.write(bytes, this.ctx.voidPromise());
	}

}
