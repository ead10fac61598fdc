package io.securestreams.transport.http2.client;

import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.client.Http2TestLink.Slot;

/**
 * Sources of request bodies.
 */
final class Slots {

	private Slots() {
	}

	static IntFunction<@Nullable Slot> of(byte[] bytes) {
		ByteBuf all = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes));
		return (capacity) -> {
			int length = Math.min(capacity, all.readableBytes());
			byte[] piece = new byte[length];
			all.readBytes(piece);
			return new Slot(Unpooled.wrappedBuffer(piece), !all.isReadable());
		};
	}

	/** A body whose byte at position n is {@link #byteAt}. */
	static IntFunction<@Nullable Slot> pattern(long total) {
		long[] position = new long[1];
		return (capacity) -> {
			int length = (int) Math.min(capacity, total - position[0]);
			byte[] piece = pattern(position[0], length);
			position[0] += length;
			return new Slot(Unpooled.wrappedBuffer(piece), position[0] == total);
		};
	}

	static byte[] pattern(long from, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = byteAt(from + i);
		}
		return bytes;
	}

	static byte byteAt(long position) {
		return (byte) (position * 31 + (position >> 9));
	}

	static String patternSha256(long total) {
		try {
			java.security.MessageDigest digest = java.security.MessageDigest.getInstance("SHA-256");
			for (long done = 0; done < total; done += 65536) {
				digest.update(pattern(done, (int) Math.min(65536, total - done)));
			}
			return java.util.HexFormat.of().formatHex(digest.digest());
		}
		catch (java.security.NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
