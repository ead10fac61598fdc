package io.securestreams.transport.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds a header block (RFC 7541) that refers to the static table only. Nothing is put
 * into the peer's table, so a block means the same on every connection, at any time, and
 * can be kept.
 */
final class HeaderBlock {

	private static final int INDEXED = 0x80;

	private static final int WITHOUT_INDEXING = 0x00;

	/** Intermediaries must not put it into a table either, RFC 7541 section 7.1.3. */
	private static final int NEVER_INDEXED = 0x10;

	private byte[] bytes = new byte[256];

	private int length;

	/**
	 * Adds a field.
	 * @param name the name, lower case
	 * @param value the value
	 * @return this block
	 */
	HeaderBlock add(String name, String value) {
		int index = StaticTable.indexOf(name, value);
		if (index > 0) {
			integer(INDEXED, 7, index);
		}
		else {
			literal(WITHOUT_INDEXING, name, value);
		}
		return this;
	}

	/**
	 * Adds a field that nobody on the way may keep: a credential.
	 * @param name the name, lower case
	 * @param value the value
	 * @return this block
	 */
	HeaderBlock addSensitive(String name, String value) {
		literal(NEVER_INDEXED, name, value);
		return this;
	}

	/**
	 * Returns the block.
	 * @return a new array
	 */
	byte[] toByteArray() {
		return Arrays.copyOf(this.bytes, this.length);
	}

	private void literal(int pattern, String name, String value) {
		int index = StaticTable.indexOf(name);
		integer(pattern, 4, index);
		if (index == 0) {
			string(name);
		}
		string(value);
	}

	private void string(String text) {
		byte[] octets = text.getBytes(StandardCharsets.UTF_8);
		integer(0, 7, octets.length);
		reserve(octets.length);
		System.arraycopy(octets, 0, this.bytes, this.length, octets.length);
		this.length += octets.length;
	}

	/** RFC 7541 section 5.1. */
	private void integer(int pattern, int prefixBits, int value) {
		reserve(6);
		int max = (1 << prefixBits) - 1;
		if (value < max) {
			this.bytes[this.length++] = (byte) (pattern | value);
			return;
		}
		this.bytes[this.length++] = (byte) (pattern | max);
		int rest = value - max;
		while (rest > 0x7F) {
			this.bytes[this.length++] = (byte) (0x80 | (rest & 0x7F));
			rest >>>= 7;
		}
		this.bytes[this.length++] = (byte) rest;
	}

	private void reserve(int count) {
		if (this.length + count > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.length + count));
		}
	}

}
