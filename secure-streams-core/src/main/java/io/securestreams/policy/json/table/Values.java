package io.securestreams.policy.json.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.Template;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.ArrayValue;
import io.securestreams.policy.json.text.JsonValue.Kind;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.JsonValue.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Readers of the simple kinds of values.
 */
public final class Values {

	public static final long U32 = 0xffff_ffffL;

	public static final int U16 = 0xffff;

	private static final int MAX_DIGITS = 18;

	/** Short, for a document may come from anywhere. */
	private static final Pattern FIGURE = Pattern.compile("[0-9]{1,40}(\\.[0-9]{1,40})?");

	private static final String FLAG = "true or false";

	private Values() {
	}

	/** {@code true} or {@code false}, and nothing else. */
	static @Nullable Boolean strictFlag(JsonValue value, DocumentContext document) {
		if (value instanceof Scalar scalar && (scalar.kind() == Kind.TRUE || scalar.kind() == Kind.FALSE)) {
			return scalar.kind() == Kind.TRUE;
		}
		document.problems().error(value.place(), value.describe(), FLAG);
		return null;
	}

	/** {@code true} or {@code false}, or what plainly means one of them. */
	static @Nullable Boolean flag(JsonValue value, DocumentContext document) {
		if (value instanceof Scalar scalar && scalar.kind() != Kind.TRUE && scalar.kind() != Kind.FALSE) {
			Boolean meaning = meaning(scalar.text());
			if (meaning != null) {
				document.problems()
					.warning(value.place(), value.describe() + " is taken for " + meaning
							+ (meaning ? ", which libwebsockets does not" : ""), FLAG);
				return meaning;
			}
		}
		return strictFlag(value, document);
	}

	private static @Nullable Boolean meaning(String text) {
		return switch (text.toLowerCase(Locale.ROOT)) {
			case "true", "1", "yes", "on" -> true;
			case "false", "0", "no", "off", "null", "" -> false;
			default -> null;
		};
	}

	/** Any string without control characters. */
	public static @Nullable String text(JsonValue value, DocumentContext document) {
		String text = string(value, document, "a string");
		return (text != null && isPrintable(text, value, document)) ? text : null;
	}

	/** A string; anything else is reported. */
	static @Nullable String string(JsonValue value, DocumentContext document, String expected) {
		if (value instanceof Scalar scalar && scalar.kind() == Kind.STRING) {
			return scalar.text();
		}
		document.problems().error(value.place(), value.describe(), expected);
		return null;
	}

	private static boolean isPrintable(String text, JsonValue value, DocumentContext document) {
		int at = controlCharacter(text);
		if (at >= 0) {
			document.problems().error(value.place(), value.describe(), "no control characters, one is at index " + at);
		}
		return at < 0;
	}

	/** Index of the first control character in a text, or -1. */
	public static int controlCharacter(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isISOControl(text.charAt(i))) {
				return i;
			}
		}
		return -1;
	}

	/** An integer, also as a numeric string. */
	static ValueReader<Integer> integer(int min, int max) {
		return (value, document) -> {
			Long number = number(value, min, max, document);
			return (number != null) ? number.intValue() : null;
		};
	}

	/** A large integer, also as a numeric string. */
	static ValueReader<Long> longInteger(long min, long max) {
		return (value, document) -> number(value, min, max, document);
	}

	/** An integer that counts units of time. */
	static ValueReader<Duration> duration(ChronoUnit unit, long max) {
		return (value, document) -> {
			Long number = number(value, 0, max, document);
			return (number != null) ? Duration.of(number, unit) : null;
		};
	}

	public static @Nullable Long number(JsonValue value, long min, long max, DocumentContext document) {
		if (value instanceof Scalar scalar && (scalar.kind() == Kind.NUMBER || scalar.kind() == Kind.STRING)) {
			Long number = parse(scalar.text());
			if (number != null && number >= min && number <= max) {
				return number;
			}
		}
		document.problems().error(value.place(), value.describe(), min + ".." + max);
		return null;
	}

	/**
	 * A figure of a retry scheme, of which the nearest possible one will do: too much is
	 * the most there is, and fractions do not count.
	 */
	static ValueReader<Long> figure(long max) {
		return (value, document) -> {
			if (value instanceof Scalar scalar && (scalar.kind() == Kind.NUMBER || scalar.kind() == Kind.STRING)
					&& FIGURE.matcher(scalar.text()).matches()) {
				BigDecimal whole = new BigDecimal(scalar.text()).setScale(0, RoundingMode.DOWN);
				long nearest = whole.min(BigDecimal.valueOf(max)).longValue();
				if (!scalar.text().equals(Long.toString(nearest))) {
					document.problems()
						.warning(value.place(), value.describe() + " is taken for " + nearest, "0.." + max);
				}
				return nearest;
			}
			return number(value, 0, max, document);
		};
	}

	private static @Nullable Long parse(String digits) {
		int start = digits.startsWith("-") ? 1 : 0;
		if (digits.length() == start || digits.length() > MAX_DIGITS) {
			return null;
		}
		for (int i = start; i < digits.length(); i++) {
			if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
				return null;
			}
		}
		return Long.valueOf(digits);
	}

	/** A text with <code>${name}</code> symbols. */
	static @Nullable Template template(JsonValue value, DocumentContext document) {
		String text = text(value, document);
		if (text == null) {
			return null;
		}
		try {
			return Template.parse(text);
		}
		catch (IllegalArgumentException ex) {
			document.problems().refused(value.place(), ex);
			return null;
		}
	}

	/** A token of RFC 9110 section 5.6.2, such as a method. */
	static ValueReader<String> token(String expected) {
		return (value, document) -> {
			String text = string(value, document, expected);
			if (text == null || HttpToken.isToken(text)) {
				return text;
			}
			document.problems().error(value.place(), value.describe(), expected);
			return null;
		};
	}

	/** The name of a header, usually with a trailing colon; may be empty. */
	static @Nullable String headerName(JsonValue value, DocumentContext document) {
		String expected = "a header name";
		String text = string(value, document, expected);
		if (text == null || text.isEmpty() || isHeaderName(text)) {
			return text;
		}
		document.problems().error(value.place(), value.describe(), expected);
		return null;
	}

	/** Whether a text is a header name, with or without a colon or blanks around it. */
	public static boolean isHeaderName(String text) {
		String name = text.strip();
		if (name.endsWith(":")) {
			name = name.substring(0, name.length() - 1).strip();
		}
		return HttpToken.isToken(name);
	}

	/** A SOCKS5 proxy. Not repeated in problems: it may hold a password. */
	static @Nullable Socks5Proxy socks5(JsonValue value, DocumentContext document) {
		if (value instanceof Scalar scalar && scalar.kind() == Kind.STRING) {
			try {
				return Socks5Proxy.parse(scalar.text());
			}
			catch (IllegalArgumentException ex) {
				document.problems().error(value.place(), "malformed proxy", "[user:password@]host:port, port 1..65535");
				return null;
			}
		}
		String found = (value instanceof Scalar scalar) ? scalar.describeKind() : value.describe();
		document.problems().error(value.place(), found, "a string [user:password@]host:port");
		return null;
	}

	/** A wire protocol. {@code h1get} is what {@code h1} was called once. */
	static @Nullable Protocol protocol(JsonValue value, DocumentContext document) {
		String expected = "h1, h2, h3, ws, mqtt or raw";
		String text = string(value, document, expected);
		if (text == null) {
			return null;
		}
		Protocol protocol = text.equals("h1get") ? Protocol.H1 : Protocol.ofPolicyName(text).orElse(null);
		if (protocol == null) {
			document.problems().error(value.place(), value.describe(), expected);
		}
		return protocol;
	}

	/** An array; each item is read, those that are wrong are left out. */
	public static <T> ValueReader<List<T>> list(ValueReader<T> item, int min, int max, String expected) {
		return (value, document) -> {
			if (!(value instanceof ArrayValue array)) {
				document.problems().error(value.place(), value.describe(), expected);
				return null;
			}
			int size = array.items().size();
			if (size < min || size > max) {
				document.problems().error(value.place(), size + " entries", min + ".." + max + " entries");
				return null;
			}
			List<T> list = new ArrayList<>(size);
			for (JsonValue each : array.items()) {
				T read = item.read(each, document);
				if (read != null) {
					list.add(read);
				}
			}
			return list;
		};
	}

	/** Reads the object that something should be; anything else is reported. */
	public static @Nullable ObjectValue object(JsonValue value, DocumentContext document, String expected) {
		if (value instanceof ObjectValue object) {
			return object;
		}
		document.problems().error(value.place(), value.describe(), expected);
		return null;
	}

}
