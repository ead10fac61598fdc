package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;

/**
 * Checks UTF-8 piece by piece (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF. Rejects at the first byte that cannot continue valid text.
 */
final class Utf8Validator {

	private static final long HIGH_BITS = 0x8080808080808080L;

	/** From here on the detour over a NIO buffer, which has cheaper checks, pays. */
	private static final int NIO_THRESHOLD = 512;

	/** Continuation bytes that the current character still needs. */
	private int needed;

	/** What the next continuation byte may be. */
	private int lower = 0x80;

	private int upper = 0xBF;

	void reset() {
		this.needed = 0;
		this.lower = 0x80;
		this.upper = 0xBF;
	}

	/** Whether the text so far does not end inside a character. */
	boolean isComplete() {
		return this.needed == 0;
	}

	/**
	 * Checks the next piece.
	 * @return {@code false} if the text is not UTF-8
	 */
	boolean accept(ByteBuf bytes, int index, int length) {
		if (length >= NIO_THRESHOLD && bytes.nioBufferCount() == 1) {
			return accept(bytes.nioBuffer(index, length));
		}
		int at = index;
		int end = index + length;
		while (at < end) {
			if (this.needed == 0) {
				at = skipAscii(bytes, at, end);
				if (at == end) {
					return true;
				}
			}
			if (!accept(bytes.getByte(at++) & 0xFF)) {
				return false;
			}
		}
		return true;
	}

	private boolean accept(ByteBuffer bytes) {
		int at = bytes.position();
		int end = bytes.limit();
		while (at < end) {
			if (this.needed == 0) {
				while (end - at >= Long.BYTES && (bytes.getLong(at) & HIGH_BITS) == 0) {
					at += Long.BYTES;
				}
				while (at < end && bytes.get(at) >= 0) {
					at++;
				}
				if (at == end) {
					return true;
				}
			}
			if (!accept(bytes.get(at++) & 0xFF)) {
				return false;
			}
		}
		return true;
	}

	private static int skipAscii(ByteBuf bytes, int from, int end) {
		int at = from;
		while (end - at >= Long.BYTES && (bytes.getLong(at) & HIGH_BITS) == 0) {
			at += Long.BYTES;
		}
		while (at < end && bytes.getByte(at) >= 0) {
			at++;
		}
		return at;
	}

	private boolean accept(int octet) {
		if (this.needed > 0) {
			boolean valid = octet >= this.lower && octet <= this.upper;
			this.lower = 0x80;
			this.upper = 0xBF;
			this.needed--;
			return valid;
		}
		if (octet < 0x80) {
			return true;
		}
		if (octet < 0xC2 || octet > 0xF4) {
			return false;
		}
		this.needed = (octet < 0xE0) ? 1 : (octet < 0xF0) ? 2 : 3;
		switch (octet) {
			case 0xE0 -> this.lower = 0xA0;
			case 0xED -> this.upper = 0x9F;
			case 0xF0 -> this.lower = 0x90;
			case 0xF4 -> this.upper = 0x8F;
			default -> {
			}
		}
		return true;
	}

}
