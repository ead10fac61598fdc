package io.securestreams.transport.http1;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for heads, and short bodies behind them, that an event loop uses again once the
 * socket has taken what was in them. They keep the view that the socket writes from,
 * which others make anew each time. Each thread has its own, few of them.
 */
public final class HeadBuffers {

	/** Bytes of a buffer, which most heads do not need. */
	private static final int SIZE = 512;

	/** Most buffers that are kept: a read turn may need so many at once. */
	private static final int MOST = 32;

	private static final FastThreadLocal<HeadBuffers> CURRENT = new FastThreadLocal<>() {
		@Override
		protected HeadBuffers initialValue() {
			return new HeadBuffers();
		}

		@Override
		protected void onRemoval(HeadBuffers value) {
			value.release();
		}
	};

	/** The one first that has been given out first, and has one owner more until then. */
	private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>(MOST);

	private HeadBuffers() {
	}

	/**
	 * Returns a buffer, in which nothing is.
	 * @param others gives it if none of these will do
	 * @param size how much room it needs, if it is not to grow
	 * @return a direct buffer, which the caller owns as any other
	 */
	public static ByteBuf take(ByteBufAllocator others, int size) {
		return CURRENT.get().next(others, size);
	}

	private ByteBuf next(ByteBufAllocator others, int size) {
		ByteBuf oldest = this.kept.peek();
		if (size > SIZE) {
			return others.directBuffer(size);
		}
		if (oldest == null || oldest.refCnt() > 1) {
			if (this.kept.size() < MOST) {
				return keep(UnpooledByteBufAllocator.DEFAULT.directBuffer(SIZE));
			}
			// Its peer does not read: the others are not to wait for that
			this.kept.add(this.kept.remove());
			return others.directBuffer(size);
		}
		this.kept.remove();
		if (oldest.capacity() > SIZE) {
			oldest.release();
			return keep(UnpooledByteBufAllocator.DEFAULT.directBuffer(SIZE));
		}
		return keep(oldest.clear());
	}

	private ByteBuf keep(ByteBuf buffer) {
		this.kept.add(buffer);
		return buffer.retain();
	}

	private void release() {
		for (@Nullable
		ByteBuf next = this.kept.poll(); next != null; next = this.kept.poll()) {
			next.release();
		}
	}

}
