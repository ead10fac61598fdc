package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;

/**
 * Masks and unmasks payload (RFC 6455 section 5.3), eight bytes at a time.
 */
final class Masking {

	/** From here on the detour over NIO buffers, which have cheaper checks, pays. */
	private static final int NIO_THRESHOLD = 1024;

	private Masking() {
	}

	/**
	 * Appends masked bytes to a buffer with enough room.
	 */
	static void copy(ByteBuf from, int index, int length, ByteBuf to, int mask) {
		int target = to.writerIndex();
		if (length >= NIO_THRESHOLD && from.nioBufferCount() == 1 && to.nioBufferCount() == 1) {
			// Not internalNioBuffer() for the source: others may hold on to the same
			// buffer
			xor(from.nioBuffer(index, length), to.internalNioBuffer(target, length), mask);
		}
		else {
			xor(from, index, to, target, length, mask);
		}
		to.writerIndex(target + length);
	}

	/**
	 * Unmasks bytes where they are.
	 * @return the mask rotated to what the byte after these needs
	 */
	static int apply(ByteBuf bytes, int index, int length, int mask) {
		if (length >= NIO_THRESHOLD && bytes.nioBufferCount() == 1) {
			ByteBuffer view = bytes.nioBuffer(index, length);
			xor(view, view, mask);
		}
		else {
			xor(bytes, index, bytes, index, length, mask);
		}
		return Integer.rotateLeft(mask, (length & 3) << 3);
	}

	private static void xor(ByteBuf from, int fromIndex, ByteBuf to, int toIndex, int length, int mask) {
		long wide = wide(mask);
		int at = 0;
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

	private static void xor(ByteBuffer from, ByteBuffer to, int mask) {
		long wide = wide(mask);
		int fromIndex = from.position();
		int toIndex = to.position();
		int length = from.remaining();
		int at = 0;
		for (; length - at >= Long.BYTES; at += Long.BYTES) {
			to.putLong(toIndex + at, from.getLong(fromIndex + at) ^ wide);
		}
		for (int shift = 24; at < length; at++, shift -= 8) {
			to.put(toIndex + at, (byte) (from.get(fromIndex + at) ^ (mask >>> (shift & 31))));
		}
	}

	private static long wide(int mask) {
		return ((long) mask << 32) | (mask & 0xFFFFFFFFL);
	}

}
