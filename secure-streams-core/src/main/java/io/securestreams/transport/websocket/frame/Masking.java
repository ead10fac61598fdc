package io.securestreams.transport.websocket.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Masks and unmasks payload (RFC 6455 section 5.3), eight bytes at a time. What is more
 * than a little takes the detour over an array, of which the compiler does even more at a
 * time: two fast copies are less than a check for each access.
 */
final class Masking {

	private static final int DETOUR_THRESHOLD = 64;

	/** A multiple of eight bytes. */
	private static final int DETOUR_SIZE = 4096;

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final FastThreadLocal<byte[]> DETOUR = new FastThreadLocal<>() {
		@Override
		protected byte[] initialValue() {
			return new byte[DETOUR_SIZE];
		}
	};

	private Masking() {
	}

	/**
	 * Appends masked bytes to a buffer with enough room.
	 */
	static void copy(ByteBuf from, int index, int length, ByteBuf to, int mask) {
		int target = to.writerIndex();
		xor(from, index, to, target, length, mask);
		to.writerIndex(target + length);
	}

	/**
	 * Unmasks bytes where they are.
	 * @return the mask rotated to what the byte after these needs
	 */
	static int apply(ByteBuf bytes, int index, int length, int mask) {
		xor(bytes, index, bytes, index, length, mask);
		return Integer.rotateLeft(mask, (length & 3) << 3);
	}

	private static void xor(ByteBuf from, int fromIndex, ByteBuf to, int toIndex, int length, int mask) {
		if (length >= DETOUR_THRESHOLD) {
			detour(from, fromIndex, to, toIndex, length, mask);
			return;
		}
		int at = 0;
		long wide = wide(mask);
		for (; length - at >= Long.BYTES; at += Long.BYTES) {
			to.setLong(toIndex + at, from.getLong(fromIndex + at) ^ wide);
		}
		if (length - at >= Integer.BYTES) {
			to.setInt(toIndex + at, from.getInt(fromIndex + at) ^ mask);
			at += Integer.BYTES;
		}
		for (int shift = 24; at < length; at++, shift -= 8) {
			to.setByte(toIndex + at, from.getByte(fromIndex + at) ^ (mask >>> shift));
		}
	}

	private static void detour(ByteBuf from, int fromIndex, ByteBuf to, int toIndex, int length, int mask) {
		byte[] detour = DETOUR.get();
		int part;
		for (int at = 0; at < length; at += part) {
			part = Math.min(DETOUR_SIZE, length - at);
			from.getBytes(fromIndex + at, detour, 0, part);
			xor(detour, part, mask);
			to.setBytes(toIndex + at, detour, 0, part);
		}
	}

	/** Goes on to a multiple of eight bytes, for which there is room. */
	private static void xor(byte[] bytes, int length, int mask) {
		long wide = (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) ? wide(mask) : Long.reverseBytes(wide(mask));
		for (int at = 0; at < length; at += Long.BYTES) {
			LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ wide);
		}
	}

	private static long wide(int mask) {
		return ((long) mask << 32) | (mask & 0xFFFFFFFFL);
	}

}
