package io.securestreams.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Text with <code>${name}</code> symbols that are replaced by metadata values when a
 * connection is made (README section "metadata"). A {@code $} that does not start
 * <code>${</code> stands for itself. Parsed once, expanded without further parsing.
 */
public final class Template {

	/** Longest metadata name a symbol may use. */
	public static final int MAX_NAME_LENGTH = 31;

	/** Most characters of a template that a message repeats. */
	private static final int MAX_QUOTED = 64;

	private final String text;

	/** Literals at even, symbol names at odd positions. */
	private final String[] parts;

	private Template(String text, String... parts) {
		this.text = text;
		this.parts = parts;
	}

	/**
	 * Parses a template.
	 * @param text the text as the policy has it
	 * @return the template
	 * @throws IllegalArgumentException if a <code>${</code> is not closed, or a name is
	 * empty or longer than {@value #MAX_NAME_LENGTH} characters
	 */
	public static Template parse(String text) {
		int open = text.indexOf("${");
		if (open < 0) {
			return new Template(text, text);
		}
		List<String> parts = new ArrayList<>(5);
		int from = 0;
		while (open >= 0) {
			int close = text.indexOf('}', open);
			if (close < 0) {
				throw new IllegalArgumentException("unterminated \"${\" at character " + open + " of \"" + shorten(text)
						+ "\" (expected: a closing \"}\")");
			}
			String name = text.substring(open + 2, close);
			if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
				throw new IllegalArgumentException("symbol name \"" + shorten(name) + "\" in \"" + shorten(text)
						+ "\" (expected: 1 to " + MAX_NAME_LENGTH + " characters)");
			}
			parts.add(text.substring(from, open));
			parts.add(name);
			from = close + 1;
			open = text.indexOf("${", from);
		}
		parts.add(text.substring(from));
		return new Template(text, parts.toArray(String[]::new));
	}

	/** Messages end up in logs, and a policy may come from anywhere. */
	private static String shorten(String text) {
		return (text.length() > MAX_QUOTED) ? text.substring(0, MAX_QUOTED) + "..." : text;
	}

	/**
	 * Whether there is nothing to replace.
	 * @return {@code true} if {@link #text()} is the expansion
	 */
	public boolean isLiteral() {
		return this.parts.length == 1;
	}

	/**
	 * Returns the template as the policy has it.
	 * @return the unexpanded text
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Returns how far the text goes before the first symbol: what is there is the
	 * policy's own word in every expansion.
	 * @return characters, all of them if there is no symbol
	 */
	public int literalLength() {
		return this.parts[0].length();
	}

	/**
	 * Returns the names used, in order, with repetitions.
	 * @return the symbol names
	 */
	public List<String> symbols() {
		List<String> names = new ArrayList<>(this.parts.length / 2);
		for (int i = 1; i < this.parts.length; i += 2) {
			names.add(this.parts[i]);
		}
		return names;
	}

	/**
	 * Replaces every symbol. Values are inserted verbatim, without escaping.
	 * @param values gives the value of a symbol: empty for one that is declared but not
	 * set, {@code null} for one that is not declared
	 * @return the expanded text
	 * @throws UndeclaredSymbolException if a symbol is not declared
	 */
	public String expand(Function<String, @Nullable String> values) {
		if (isLiteral()) {
			return this.text;
		}
		StringBuilder expanded = new StringBuilder(this.text.length() + 32);
		for (int i = 0; i < this.parts.length; i++) {
			String part = this.parts[i];
			if ((i & 1) == 0) {
				expanded.append(part);
				continue;
			}
			String value = values.apply(part);
			if (value == null) {
				throw new UndeclaredSymbolException(part, this.text);
			}
			expanded.append(value);
		}
		return expanded.toString();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Template template && template.text.equals(this.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * A template uses a symbol that the streamtype's {@code metadata} does not declare.
	 */
	public static final class UndeclaredSymbolException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		private final String symbol;

		UndeclaredSymbolException(String symbol, String text) {
			super("undeclared metadata \"" + symbol + "\" in \"" + shorten(text)
					+ "\" (expected: a name in the streamtype's \"metadata\")");
			this.symbol = symbol;
		}

		/**
		 * Returns the symbol's name.
		 * @return the name between the braces
		 */
		public String symbol() {
			return this.symbol;
		}

	}

}
