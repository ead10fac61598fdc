package io.securestreams.transport.http2.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds a header block (RFC 7541) that refers to the static table only. Nothing is put
 * into the peer's table, so a block means the same on every connection, at any time, and
 * can be kept.
 */
public final class HeaderBlock {

	private static final int INDEXED = 0x80;

	private static final int WITHOUT_INDEXING = 0x00;

	/** Intermediaries must not put it into a table either, RFC 7541 section 7.1.3. */
	private static final int NEVER_INDEXED = 0x10;

	private static final int STATUS = 8;

	private static final int CONTENT_LENGTH = 28;

	private static final int DATE = 33;

	private byte[] bytes = new byte[256];

	private int length;

	/**
	 * Adds a field.
	 * @param name the name, lower case
	 * @param value the value
	 * @return this block
	 */
	public HeaderBlock add(String name, String value) {
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
	public HeaderBlock addSensitive(String name, String value) {
		literal(NEVER_INDEXED, name, value);
		return this;
	}

	/**
	 * Starts another block in the same place.
	 */
	public void reset() {
		this.length = 0;
	}

	/**
	 * Adds {@code :status}.
	 * @param status three digits
	 */
	public void status(int status) {
		int index = switch (status) {
			case 200 -> 8;
			case 204 -> 9;
			case 206 -> 10;
			case 304 -> 11;
			case 400 -> 12;
			case 404 -> 13;
			case 500 -> 14;
			default -> 0;
		};
		if (index > 0) {
			integer(INDEXED, 7, index);
			return;
		}
		integer(WITHOUT_INDEXING, 4, STATUS);
		number(status);
	}

	/**
	 * Adds {@code content-length}.
	 * @param length 0 or more
	 */
	public void contentLength(long length) {
		integer(WITHOUT_INDEXING, 4, CONTENT_LENGTH);
		number(length);
	}

	/**
	 * Adds {@code date}.
	 * @param date the value
	 */
	public void date(String date) {
		integer(WITHOUT_INDEXING, 4, DATE);
		string(date);
	}

	/**
	 * Adds a field.
	 * @param name what {@link #name} has made
	 * @param value the value
	 */
	public void field(byte[] name, String value) {
		reserve(name.length);
		System.arraycopy(name, 0, this.bytes, this.length, name.length);
		this.length += name.length;
		string(value);
	}

	/**
	 * Encodes a name, once for many fields.
	 * @param name the name, lower case
	 * @param sensitive whether nobody on the way may keep the value
	 * @return what a field with that name starts with
	 */
	static byte[] name(String name, boolean sensitive) {
		HeaderBlock block = new HeaderBlock();
		block.literalName(sensitive ? NEVER_INDEXED : WITHOUT_INDEXING, name);
		return block.toByteArray();
	}

	/**
	 * Returns where the block is.
	 * @return the array, until the next change
	 */
	public byte[] array() {
		return this.bytes;
	}

	/** Returns how many bytes of {@link #array()} are the block. */
	public int length() {
		return this.length;
	}

	/**
	 * Returns the block.
	 * @return a new array
	 */
	public byte[] toByteArray() {
		return Arrays.copyOf(this.bytes, this.length);
	}

	private void literal(int pattern, String name, String value) {
		literalName(pattern, name);
		string(value);
	}

	private void literalName(int pattern, String name) {
		int index = StaticTable.indexOf(name);
		integer(pattern, 4, index);
		if (index == 0) {
			string(name);
		}
	}

	private void string(String text) {
		int count = text.length();
		for (int i = 0; i < count; i++) {
			if (text.charAt(i) >= 0x80) {
				octets(text.getBytes(StandardCharsets.UTF_8));
				return;
			}
		}
		integer(0, 7, count);
		reserve(count);
		for (int i = 0; i < count; i++) {
			this.bytes[this.length++] = (byte) text.charAt(i);
		}
	}

	private void octets(byte[] octets) {
		integer(0, 7, octets.length);
		reserve(octets.length);
		System.arraycopy(octets, 0, this.bytes, this.length, octets.length);
		this.length += octets.length;
	}

	private void number(long value) {
		int digits = 1;
		for (long rest = value / 10; rest > 0; rest /= 10) {
			digits++;
		}
		integer(0, 7, digits);
		reserve(digits);
		long rest = value;
		for (int i = digits - 1; i >= 0; i--) {
			this.bytes[this.length + i] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
		this.length += digits;
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
