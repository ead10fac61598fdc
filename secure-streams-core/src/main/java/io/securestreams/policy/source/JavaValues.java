package io.securestreams.policy.source;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.Template;

/**
 * Writes values of policies as Java expressions: records by their constructors, so that a
 * new component needs nothing here. Used for one source.
 */
final class JavaValues {

	private static final int LINE = 100;

	/** What has a name in the source. */
	private final Map<Object, String> names = new HashMap<>();

	private final Set<String> imports = new TreeSet<>();

	/** Refers to a value by a name from now on. */
	void name(Object value, String name) {
		this.names.putIfAbsent(value, name);
	}

	Set<String> imports() {
		return this.imports;
	}

	/** Name of a type in the source, which imports it. */
	String type(Class<?> type) {
		Class<?> outer = type;
		while (outer.getDeclaringClass() != null) {
			outer = outer.getDeclaringClass();
		}
		if (!outer.getPackageName().equals("java.lang")) {
			this.imports.add(outer.getName());
		}
		return type.getCanonicalName().substring(outer.getPackageName().length() + 1);
	}

	/**
	 * Writes a value.
	 * @param value the value
	 * @param indent tabs before what does not fit into the line
	 */
	String of(@Nullable Object value, int indent) {
		String name = (value != null) ? this.names.get(value) : null;
		return (name != null) ? name : anew(value, indent);
	}

	/** Writes a value, also if it has a name: for the place where it gets it. */
	String anew(@Nullable Object value, int indent) {
		if (value == null) {
			return "null";
		}
		if (value instanceof String text) {
			return literal(text);
		}
		if (value instanceof Long number) {
			return number + "L";
		}
		if (value instanceof Integer || value instanceof Boolean) {
			return value.toString();
		}
		if (value instanceof Enum<?> constant) {
			return type(constant.getDeclaringClass()) + "." + constant.name();
		}
		if (value instanceof Duration duration) {
			return duration(duration);
		}
		if (value instanceof Template template) {
			return type(Template.class) + ".parse(" + literal(template.text()) + ")";
		}
		if (value instanceof List<?> list) {
			return call(type(List.class) + ".of", list.stream().map((each) -> of(each, indent + 1)).toList(), indent);
		}
		if (value instanceof Map<?, ?> map) {
			return map(map, indent);
		}
		if (value instanceof X509Certificate certificate) {
			return type(CertificateEntry.class) + ".certificate(" + literal(base64(certificate)) + ")";
		}
		if (value instanceof PrivateKey key) {
			return type(CertificateEntry.class) + ".key(" + literal(key.getAlgorithm()) + ", "
					+ literal(Base64.getEncoder().encodeToString(key.getEncoded())) + ")";
		}
		if (value instanceof Record record) {
			return record(record, indent);
		}
		throw new IllegalArgumentException("no way to write a " + value.getClass().getName());
	}

	private String map(Map<?, ?> map, int indent) {
		if (map.isEmpty()) {
			return type(Map.class) + ".of()";
		}
		List<String> entries = new ArrayList<>();
		map.forEach((key, value) -> entries
			.add(type(Map.class) + ".entry(" + of(key, indent + 1) + ", " + of(value, indent + 1) + ")"));
		return call(type(Map.class) + ".ofEntries", entries, indent);
	}

	private String record(Record record, int indent) {
		String constant = constant(record);
		if (constant != null) {
			return constant;
		}
		List<String> arguments = new ArrayList<>();
		for (RecordComponent component : record.getClass().getRecordComponents()) {
			Object value = get(record, component);
			String text = of(value, indent + 1);
			// What says nothing by itself
			boolean mute = value == null || value instanceof Boolean || value instanceof Number || "".equals(value);
			arguments.add(mute ? "/* " + component.getName() + " */ " + text : text);
		}
		return call("new " + type(record.getClass()), arguments, indent);
	}

	/** A constant of the record's type that equals it, or {@code null}. */
	private @Nullable String constant(Record record) {
		for (Field field : record.getClass().getFields()) {
			try {
				if (Modifier.isStatic(field.getModifiers()) && field.getType() == record.getClass()
						&& record.equals(field.get(null))) {
					return type(record.getClass()) + "." + field.getName();
				}
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return null;
	}

	private static @Nullable Object get(Record record, RecordComponent component) {
		try {
			return component.getAccessor().invoke(record);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** In one line if it fits, else an argument in each. */
	private static String call(String name, List<String> arguments, int indent) {
		String line = name + "(" + String.join(", ", arguments) + ")";
		if (line.length() <= LINE && !line.contains("\n")) {
			return line;
		}
		String tabs = "\n" + "\t".repeat(indent + 1);
		return name + "(" + tabs + String.join("," + tabs, arguments) + ")";
	}

	private String duration(Duration duration) {
		String type = type(Duration.class);
		if (duration.isZero()) {
			return type + ".ZERO";
		}
		boolean millis = duration.toNanosPart() % 1_000_000 == 0;
		return millis ? type + ".ofMillis(" + duration.toMillis() + "L)"
				: type + ".ofSeconds(" + duration.getSeconds() + "L, " + duration.getNano() + "L)";
	}

	private static String base64(X509Certificate certificate) {
		try {
			return Base64.getEncoder().encodeToString(certificate.getEncoded());
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/** A string literal in ASCII. */
	static String literal(String text) {
		StringBuilder literal = new StringBuilder(text.length() + 2).append('"');
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			switch (character) {
				case '"', '\\' -> literal.append('\\').append(character);
				case '\n' -> literal.append("\\n");
				case '\r' -> literal.append("\\r");
				case '\t' -> literal.append("\\t");
				default -> {
					if (character < ' ' || character >= 0x7f) {
						literal.append(String.format("\\u%04x", (int) character));
					}
					else {
						literal.append(character);
					}
				}
			}
		}
		return literal.append('"').toString();
	}

}
