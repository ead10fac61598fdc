package io.securestreams.transport.http.cookie;

import java.util.Date;
import java.util.Locale;

import io.netty.handler.codec.DateFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Set-Cookie} says to a user agent (RFC 6265 section 5.2), which is more
 * forgiving than the grammar that servers are to keep to.
 *
 * @param name name
 * @param value value, with whatever quotes and blanks are inside
 * @param maxAge seconds to live, 0 or less to go at once, or {@code null} for as long as
 * the engine lives
 * @param domain domain in lower case without leading dot, or {@code null}
 * @param path path that starts with a slash, or {@code null} for the usual one
 * @param secure whether it only goes over TLS
 */
record SetCookie(String name, String value, @Nullable Long maxAge, @Nullable String domain, @Nullable String path,
		boolean secure) {

	/** Ages beyond this many digits are as good as for ever. */
	private static final int MAX_DIGITS = 10;

	/** Longer texts are no dates, and Netty throws on them. */
	private static final int MAX_DATE = 64;

	/**
	 * Reads a header field.
	 * @param text value of one {@code Set-Cookie}
	 * @param now ms since the epoch
	 * @return the cookie, or {@code null} if it is to be ignored
	 */
	static @Nullable SetCookie parse(String text, long now) {
		if (hasControl(text)) {
			return null;
		}
		int end = endOf(text, 0);
		int equals = text.indexOf('=');
		if (equals < 0 || equals > end || text.substring(0, equals).isBlank()) {
			return null;
		}
		Attributes attributes = new Attributes(now);
		for (int from = end + 1; from <= text.length(); from = end + 1) {
			end = endOf(text, from);
			attributes.read(text.substring(from, end));
		}
		return new SetCookie(text.substring(0, equals).strip(), text.substring(equals + 1, endOf(text, 0)).strip(),
				(attributes.maxAge != null) ? attributes.maxAge : attributes.expires, attributes.domain,
				attributes.path, attributes.secure);
	}

	private static int endOf(String text, int from) {
		int end = text.indexOf(';', from);
		return (end < 0) ? text.length() : end;
	}

	private static boolean hasControl(String text) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if ((character < ' ' && character != '\t') || character == 0x7f) {
				return true;
			}
		}
		return false;
	}

	/** Of repeated attributes the last one counts. */
	private static final class Attributes {

		private final long now;

		private @Nullable Long maxAge;

		private @Nullable Long expires;

		private @Nullable String domain;

		private @Nullable String path;

		private boolean secure;

		Attributes(long now) {
			this.now = now;
		}

		void read(String text) {
			int equals = text.indexOf('=');
			String name = ((equals < 0) ? text : text.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
			String given = (equals < 0) ? "" : text.substring(equals + 1).strip();
			switch (name) {
				case "expires" -> {
					Date date = (given.length() <= MAX_DATE) ? DateFormatter.parseHttpDate(given) : null;
					if (date != null) {
						this.expires = Math.floorDiv(date.getTime() - this.now + 999, 1000L);
					}
				}
				case "max-age" -> {
					Long seconds = seconds(given);
					this.maxAge = (seconds != null) ? seconds : this.maxAge;
				}
				case "domain" -> {
					if (!given.isEmpty()) {
						this.domain = (given.startsWith(".") ? given.substring(1) : given).toLowerCase(Locale.ROOT);
					}
				}
				case "path" -> this.path = given.startsWith("/") ? given : null;
				case "secure" -> this.secure = true;
				default -> {
				}
			}
		}

		private static @Nullable Long seconds(String text) {
			boolean negative = text.startsWith("-");
			String digits = negative ? text.substring(1) : text;
			if (digits.isEmpty() || !digits.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
				return null;
			}
			if (negative) {
				return 0L;
			}
			return (digits.length() > MAX_DIGITS) ? Long.valueOf(Integer.MAX_VALUE) : Long.valueOf(digits);
		}

	}

}
