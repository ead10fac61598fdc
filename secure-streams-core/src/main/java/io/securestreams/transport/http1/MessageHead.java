package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.netty.util.concurrent.FastThreadLocal;
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
public final class MessageHead extends HeadFields implements ReceivedHeaders {

	private static final FastThreadLocal<MessageHead> SHARED = new FastThreadLocal<>() {
		@Override
		protected MessageHead initialValue() {
			return new MessageHead();
		}
	};

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
	 * Whether the value of a field may be that of Host.
	 * @param field the field's number
	 * @return {@code true} if it may be a host and port
	 */
	public boolean isAuthority(int field) {
		return FieldRules.isAuthority(bytes(), valueStart(field), valueEnd(field));
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
		int from = valueStart(field);
		return new String(bytes(), from, valueEnd(field) - from, StandardCharsets.ISO_8859_1);
	}

	@Override
	public void forEach(BiConsumer<String, String> each) {
		for (int i = 0; i < count(); i++) {
			each.accept(name(i).toLowerCase(Locale.ROOT), value(i));
		}
	}

	@Override
	public Supplier<Map<String, List<String>>> keep() {
		return new KeptFields(Arrays.copyOfRange(bytes(), startLineEnd() + 2, length()));
	}

	@Override
	public Supplier<Map<String, List<String>>> keep(@Nullable Supplier<Map<String, List<String>>> before) {
		boolean same = before instanceof KeptFields kept && kept.equal(bytes(), startLineEnd() + 2, length());
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
			byte[] bytes = bytes();
			int end = valueEnd(i);
			int start = valueStart(i);
			while (start < end) {
				int next = start;
				while (next < end && bytes[next] != ',') {
					next++;
				}
				int last = next;
				while (start < last && isBlank(bytes[start])) {
					start++;
				}
				while (last > start && isBlank(bytes[last - 1])) {
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
		int from = valueStart(field);
		int to = valueEnd(field);
		if (find("content-length", field + 1) >= 0 || to == from || to - from > 18) {
			throw MalformedMessageException.badRequest("not one proper Content-Length");
		}
		long value = 0;
		for (int i = from; i < to; i++) {
			int digit = bytes()[i] - '0';
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
		int from = valueStart(field);
		int to = valueEnd(field);
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
