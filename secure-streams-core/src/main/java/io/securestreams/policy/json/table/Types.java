package io.securestreams.policy.json.table;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.Template;

/**
 * The types of values that keys have.
 */
public final class Types {

	static final ValueType<Boolean> FLAG = new ValueType<>("`true` or `false`", "{\"type\":\"boolean\"}", Values::flag);

	/**
	 * A flag that makes things less safe, or quite different, when it is misread.
	 */
	static final ValueType<Boolean> STRICT_FLAG = new ValueType<>(FLAG.text() + ", nothing else", FLAG.schema(),
			Values::strictFlag);

	public static final ValueType<String> TEXT = new ValueType<>("text", definition("text"), Values::text);

	public static final ValueType<Template> TEMPLATE = new ValueType<>("text with `${name}` symbols",
			definition("template"), Values::template);

	public static final ValueType<String> HEADER = new ValueType<>("name of a header", definition("headerName"),
			Values::headerName);

	public static final ValueType<Socks5Proxy> SOCKS5 = new ValueType<>("`[user:password@]host:port`",
			definition("socks5"), Values::socks5);

	public static final ValueType<Protocol> PROTOCOL = new ValueType<>("`h1`, `h2`, `h3`, `ws`, `mqtt` or `raw`",
			"{\"enum\":[\"h1\",\"h2\",\"h3\",\"ws\",\"mqtt\",\"raw\",\"h1get\"]}", Values::protocol);

	/** Names an entry, and so stands for nothing by itself. */
	public static final ValueType<String> NAME = new ValueType<>("text",
			"{\"type\":\"string\",\"minLength\":1,\"pattern\":\"^[^\\\\u0000-\\\\u001f\\\\u007f-\\\\u009f]*$\"}",
			Values::text);

	private Types() {
	}

	/** A schema that stands in the published one. */
	public static String definition(String name) {
		return "{\"$ref\":\"#/$defs/" + name + "\"}";
	}

	private static String number(long min, long max) {
		return "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":" + min + ",\"maximum\":" + max
				+ "},{\"$ref\":\"#/$defs/digits\"}]}";
	}

	public static ValueType<Integer> integer(int min, int max) {
		return new ValueType<>("integer, " + min + " to " + max, number(min, max), Values.integer(min, max));
	}

	/** A number of seconds, as long as MQTT can say. */
	public static ValueType<Long> seconds() {
		return new ValueType<>("integer, s, 0 to " + Values.U32, number(0, Values.U32),
				Values.longInteger(0, Values.U32));
	}

	public static ValueType<Long> bytes() {
		return new ValueType<>("integer, bytes, 0 to " + Values.U32, number(0, Values.U32),
				Values.longInteger(0, Values.U32));
	}

	/** A number of milliseconds, seconds and so on. */
	public static ValueType<Duration> duration(ChronoUnit unit, String symbol, long max) {
		return new ValueType<>("integer, " + symbol + ", 0 to " + max, number(0, max), Values.duration(unit, max));
	}

	/** A figure of a retry scheme. */
	public static ValueType<Integer> figure(int max) {
		return new ValueType<>("integer, 0 to " + max, number(0, max), (value, document) -> {
			Long figure = Values.figure(max).read(value, document);
			return (figure != null) ? figure.intValue() : null;
		});
	}

	/** A time of a retry scheme. */
	public static ValueType<Duration> figure(ChronoUnit unit, String symbol, long max) {
		return new ValueType<>("integer, " + symbol + ", 0 to " + max, number(0, max), (value, document) -> {
			Long figure = Values.figure(max).read(value, document);
			return (figure != null) ? Duration.of(figure, unit) : null;
		});
	}

	public static <T> ValueType<List<T>> list(ValueType<T> item, int max, String expected) {
		return new ValueType<>("array of at most " + max + " entries: " + item.text(),
				"{\"type\":\"array\",\"maxItems\":" + max + ",\"items\":" + item.schema() + "}",
				Values.list(item.reader(), 0, max, expected));
	}

	/** The name of an entry of a section above. */
	public static <T> ValueType<T> reference(String section, ValueReader<T> reader) {
		return new ValueType<>("name from `" + section + "`", "{\"type\":\"string\",\"minLength\":1}", reader);
	}

	/** A token of HTTP, such as a method. */
	public static ValueType<String> token(String expected) {
		return new ValueType<>("token of HTTP", definition("token"), Values.token(expected));
	}

	/** An array of objects, whose members have names of their own. */
	public static <T> ValueType<T> entries(String text, String names, String value, ValueReader<T> reader) {
		return new ValueType<>(text, "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"propertyNames\":" + names
				+ ",\"additionalProperties\":" + value + "}}", reader);
	}

}
