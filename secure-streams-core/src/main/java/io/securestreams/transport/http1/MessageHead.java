package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.ReceivedHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The head of a received message: start line and header fields (RFC 9112 sections 2 to
 * 5), kept as bytes; text is made of what is asked for only. One instance per thread is
 * used again and again: what is needed later must be taken out before anybody else is
 * called.
 * <p>
 * Strict, because a message that two parties read differently is how requests are
 * smuggled: lines end with CRLF, there are no controls, no folded lines, no blanks around
 * field names.
 */
public final class MessageHead implements ReceivedHeaders {

	private static final FastThreadLocal<MessageHead> SHARED = new FastThreadLocal<>() {
		@Override
		protected MessageHead initialValue() {
			return new MessageHead();
		}
	};

	private static final int SPAN = 4;

	private byte[] bytes = new byte[2048];

	private int[] spans = new int[SPAN * 32];

	private int count;

	private int startLineEnd;

	private int length;

	/**
	 * Returns the calling thread's instance.
	 * @return the instance
	 */
	public static MessageHead shared() {
		return SHARED.get();
	}

	/**
	 * Keeps the calling thread's instance from being used by anybody else until
	 * {@link #giveBack}, while others are called.
	 */
	public void reserve() {
		SHARED.remove();
	}

	/** Ends {@link #reserve}. */
	public void giveBack() {
		SHARED.set(this);
	}

	/**
	 * Takes a whole head and finds its fields.
	 * @param in a buffer
	 * @param index where the head starts
	 * @param size its size, with the empty line
	 * @param maxFields most fields allowed
	 * @throws MalformedMessageException if it is not a proper head
	 */
	public void load(ByteBuf in, int index, int size, int maxFields) throws MalformedMessageException {
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

	private static boolean isBlank(byte octet) {
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
	public byte[] bytes() {
		return this.bytes;
	}

	/**
	 * Returns where the start line, which starts at 0, ends.
	 * @return index of its CRLF
	 */
	public int startLineEnd() {
		return this.startLineEnd;
	}

	/**
	 * Returns a part of the head.
	 * @param from index of its first byte
	 * @param to index after its last byte
	 * @return the text
	 */
	public String text(int from, int to) {
		return new String(this.bytes, from, to - from, StandardCharsets.UTF_8);
	}

	/**
	 * Finds the next field of a name.
	 * @param name field name, lower case
	 * @param from number of the field to start with
	 * @return the field's number, or -1
	 */
	public int find(String name, int from) {
		int nameLength = name.length();
		for (int i = from; i < this.count; i++) {
			int start = this.spans[i * SPAN];
			if (this.spans[i * SPAN + 1] - start == nameLength && matches(name, start)) {
				return i;
			}
		}
		return -1;
	}

	private boolean matches(String name, int start) {
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
	public String value(int field) {
		return text(this.spans[field * SPAN + 2], this.spans[field * SPAN + 3]);
	}

	/**
	 * Whether the value of a field may be that of Host.
	 * @param field the field's number
	 * @return {@code true} if it may be a host and port
	 */
	public boolean isAuthority(int field) {
		return FieldRules.isAuthority(this.bytes, this.spans[field * SPAN + 2], this.spans[field * SPAN + 3]);
	}

	@Override
	public @Nullable String first(String name) {
		int field = find(name, 0);
		return (field >= 0) ? value(field) : null;
	}

	@Override
	public @Nullable String octets(String name) {
		int field = find(name, 0);
		if (field < 0) {
			return null;
		}
		int from = this.spans[field * SPAN + 2];
		return new String(this.bytes, from, this.spans[field * SPAN + 3] - from, StandardCharsets.ISO_8859_1);
	}

	@Override
	public void forEach(BiConsumer<String, String> each) {
		for (int i = 0; i < this.count; i++) {
			each.accept(text(this.spans[i * SPAN], this.spans[i * SPAN + 1]).toLowerCase(Locale.ROOT), value(i));
		}
	}

	@Override
	public Supplier<Map<String, List<String>>> keep() {
		return new KeptFields(Arrays.copyOfRange(this.bytes, this.startLineEnd + 2, this.length));
	}

	@Override
	public Supplier<Map<String, List<String>>> keep(@Nullable Supplier<Map<String, List<String>>> before) {
		boolean same = before instanceof KeptFields kept && kept.equal(this.bytes, this.startLineEnd + 2, this.length);
		return (before != null && same) ? before : keep();
	}

	/**
	 * Whether a field with a list of tokens has a token.
	 * @param name field name, lower case
	 * @param token the token, lower case
	 * @return {@code true} if it is there in any case
	 */
	public boolean hasToken(String name, String token) {
		for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
			int end = this.spans[i * SPAN + 3];
			int start = this.spans[i * SPAN + 2];
			while (start < end) {
				int next = start;
				while (next < end && this.bytes[next] != ',') {
					next++;
				}
				int last = next;
				while (start < last && isBlank(this.bytes[start])) {
					start++;
				}
				while (last > start && isBlank(this.bytes[last - 1])) {
					last--;
				}
				if (last - start == token.length() && matches(token, start)) {
					return true;
				}
				start = next + 1;
			}
		}
		return false;
	}

	/**
	 * Returns the value of {@code Content-Length}.
	 * @return bytes, or -1 if there is no such field
	 * @throws MalformedMessageException if there is not one proper number
	 */
	public long contentLength() throws MalformedMessageException {
		int field = find("content-length", 0);
		if (field < 0) {
			return -1;
		}
		int from = this.spans[field * SPAN + 2];
		int to = this.spans[field * SPAN + 3];
		if (find("content-length", field + 1) >= 0 || to == from || to - from > 18) {
			throw MalformedMessageException.badRequest("not one proper Content-Length");
		}
		long value = 0;
		for (int i = from; i < to; i++) {
			int digit = this.bytes[i] - '0';
			if (digit < 0 || digit > 9) {
				throw MalformedMessageException.badRequest("not one proper Content-Length");
			}
			value = value * 10 + digit;
		}
		return value;
	}

	/**
	 * Whether the body is chunked. No other transfer coding is known.
	 * @return {@code true} if {@code Transfer-Encoding} is {@code chunked}
	 * @throws MalformedMessageException if it is something else
	 */
	public boolean isChunked() throws MalformedMessageException {
		int field = find("transfer-encoding", 0);
		if (field < 0) {
			return false;
		}
		int from = this.spans[field * SPAN + 2];
		int to = this.spans[field * SPAN + 3];
		if (find("transfer-encoding", field + 1) < 0 && to - from == 7 && matches("chunked", from)) {
			return true;
		}
		if (hasToken("transfer-encoding", "chunked")) {
			String last = value(field).toLowerCase(Locale.ROOT);
			if (find("transfer-encoding", field + 1) >= 0 || !last.endsWith("chunked")
					|| last.indexOf("chunked") != last.lastIndexOf("chunked")) {
				throw MalformedMessageException.badRequest("chunked is not the one last transfer coding");
			}
		}
		throw new MalformedMessageException(501, "unknown transfer coding");
	}

}
