package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.securestreams.policy.http.HttpToken;

/**
 * Where the lines of a head are, and what names and values they have: its bytes, and the
 * places in them (RFC 9112 sections 2 and 5). Used again and again.
 */
abstract sealed class HeadFields permits MessageHead {

	private static final int SPAN = 4;

	private byte[] bytes = new byte[2048];

	private int[] spans = new int[SPAN * 32];

	private int count;

	private int startLineEnd;

	private int length;

	/**
	 * Takes a whole head and finds its fields.
	 * @param in a buffer
	 * @param index where the head starts
	 * @param size its size, with the empty line
	 * @param maxFields most fields allowed
	 * @throws MalformedMessageException if it is not a proper head
	 */
	public final void load(ByteBuf in, int index, int size, int maxFields) throws MalformedMessageException {
		if (this.bytes.length < size) {
			this.bytes = new byte[Math.max(size, this.bytes.length * 2)];
		}
		in.getBytes(index, this.bytes, 0, size);
		this.length = size - 2;
		this.count = 0;
		this.startLineEnd = lineEnd(0);
		int from = this.startLineEnd + 2;
		while (from < this.length) {
			if (this.count == maxFields) {
				throw new MalformedMessageException(431, "more than " + maxFields + " header fields");
			}
			from = field(from);
		}
	}

	private int lineEnd(int from) throws MalformedMessageException {
		int i = from;
		while (this.bytes[i] != '\n') {
			i++;
		}
		if (i == from || this.bytes[i - 1] != '\r') {
			throw MalformedMessageException.badRequest("line that does not end with CRLF");
		}
		return i - 1;
	}

	private int field(int from) throws MalformedMessageException {
		int colon = from;
		while (HttpToken.isTokenCharacter(this.bytes[colon] & 0xff)) {
			colon++;
		}
		if (colon == from || this.bytes[colon] != ':') {
			throw MalformedMessageException.badRequest("header field without a proper name");
		}
		int valueStart = colon + 1;
		while (isBlank(this.bytes[valueStart])) {
			valueStart++;
		}
		int end = valueStart;
		byte octet = this.bytes[end];
		while (octet < 0 || (octet >= ' ' && octet != 0x7f) || octet == '\t') {
			octet = this.bytes[++end];
		}
		if (octet != '\r' || this.bytes[end + 1] != '\n') {
			throw MalformedMessageException.badRequest("control character in a header field");
		}
		int valueEnd = end;
		while (valueEnd > valueStart && isBlank(this.bytes[valueEnd - 1])) {
			valueEnd--;
		}
		add(from, colon, valueStart, valueEnd);
		return end + 2;
	}

	static boolean isBlank(byte octet) {
		return octet == ' ' || octet == '\t';
	}

	private void add(int nameStart, int nameEnd, int valueStart, int valueEnd) {
		int at = this.count * SPAN;
		if (at == this.spans.length) {
			this.spans = Arrays.copyOf(this.spans, at * 2);
		}
		this.spans[at] = nameStart;
		this.spans[at + 1] = nameEnd;
		this.spans[at + 2] = valueStart;
		this.spans[at + 3] = valueEnd;
		this.count++;
	}

	/**
	 * Returns the bytes, of which those below {@link #startLineEnd()} are the start line.
	 * @return not a copy
	 */
	public final byte[] bytes() {
		return this.bytes;
	}

	/**
	 * Returns where the start line, which starts at 0, ends.
	 * @return index of its CRLF
	 */
	public final int startLineEnd() {
		return this.startLineEnd;
	}

	/**
	 * Returns a part of the head.
	 * @param from index of its first byte
	 * @param to index after its last byte
	 * @return the text
	 */
	public final String text(int from, int to) {
		return new String(this.bytes, from, to - from, StandardCharsets.UTF_8);
	}

	/** How many fields there are. */
	final int count() {
		return this.count;
	}

	/** Index after the last field. */
	final int length() {
		return this.length;
	}

	final int valueStart(int field) {
		return this.spans[field * SPAN + 2];
	}

	final int valueEnd(int field) {
		return this.spans[field * SPAN + 3];
	}

	/** The name of a field, as it was sent. */
	final String name(int field) {
		return text(this.spans[field * SPAN], this.spans[field * SPAN + 1]);
	}

	/**
	 * Finds the next field of a name.
	 * @param name field name, lower case
	 * @param from number of the field to start with
	 * @return the field's number, or -1
	 */
	public final int find(String name, int from) {
		int nameLength = name.length();
		for (int i = from; i < this.count; i++) {
			int start = this.spans[i * SPAN];
			if (this.spans[i * SPAN + 1] - start == nameLength && matches(name, start)) {
				return i;
			}
		}
		return -1;
	}

	final boolean matches(String name, int start) {
		for (int i = 0; i < name.length(); i++) {
			int octet = this.bytes[start + i];
			if (octet >= 'A' && octet <= 'Z') {
				octet += 'a' - 'A';
			}
			if (octet != name.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Returns the value of a field.
	 * @param field the field's number
	 * @return the value without surrounding blanks
	 */
	public final String value(int field) {
		return text(this.spans[field * SPAN + 2], this.spans[field * SPAN + 3]);
	}

}
