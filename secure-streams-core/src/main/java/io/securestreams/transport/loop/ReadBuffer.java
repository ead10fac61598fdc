package io.securestreams.transport.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The buffer that the small reads of an event loop go to, one after the other: most are
 * done with before the next one. It keeps the view that the socket reads to, which others
 * make anew each time. What somebody keeps is theirs, and the loop takes another buffer.
 */
final class ReadBuffer {

	/** Bytes that are small. */
	static final int SIZE = 2 * 1024;

	private static final FastThreadLocal<ReadBuffer> CURRENT = new FastThreadLocal<>() {
		@Override
		protected ReadBuffer initialValue() {
			return new ReadBuffer();
		}

		@Override
		protected void onRemoval(ReadBuffer value) {
			value.letGo();
		}
	};

	/** It has one owner more while somebody else has it. */
	private @Nullable ByteBuf kept;

	private ReadBuffer() {
	}

	/**
	 * Returns a buffer, in which nothing is.
	 * @param from where to take it from if there is none, or it is of no use
	 * @param size about how many bytes are expected
	 * @return a buffer, which the caller owns as any other
	 */
	static ByteBuf take(ByteBufAllocator from, int size) {
		return (size <= SIZE) ? CURRENT.get().next(from) : from.ioBuffer(size);
	}

	/**
	 * Whether somebody has kept what was read last.
	 * @return {@code true} if the loop takes another buffer next
	 */
	static boolean isKept() {
		ByteBuf last = CURRENT.get().kept;
		return last != null && last.refCnt() > 1;
	}

	/**
	 * Whether a buffer is the one that small reads go to.
	 * @param bytes what has been read
	 * @return {@code true} if the loop has it, too
	 */
	static boolean isThat(ByteBuf bytes) {
		return CURRENT.get().kept == bytes;
	}

	private ByteBuf next(ByteBufAllocator from) {
		ByteBuf last = this.kept;
		if (last != null && last.refCnt() == 1 && last.capacity() == SIZE) {
			return last.clear().retain();
		}
		letGo();
		ByteBuf fresh = from.ioBuffer(SIZE);
		this.kept = fresh.retain();
		return fresh;
	}

	private void letGo() {
		ByteBuf last = this.kept;
		this.kept = null;
		if (last != null && last.refCnt() > 0) {
			last.release();
		}
	}

}
