package io.securestreams.system.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a JSON object (RFC 8259) whose values are strings, numbers or
 * literals; members with objects and arrays are passed over. Small on purpose, so that
 * applications with static policies need no JSON parser.
 */
final class JsonMembers {

	private static final int MAX_DEPTH = 32;

	private final String text;

	private int at;

	private JsonMembers(String text) {
		this.text = text;
	}

	/**
	 * Reads an object.
	 * @param bytes UTF-8
	 * @return its members as text
	 * @throws IllegalArgumentException if this is no JSON object; nothing of it is in the
	 * message
	 */
	static Map<String, String> of(byte[] bytes) {
		try {
			return new JsonMembers(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString())
				.read();
		}
		catch (CharacterCodingException | IndexOutOfBoundsException ex) {
			throw new IllegalArgumentException("not a JSON object", ex);
		}
	}

	private Map<String, String> read() {
		Map<String, String> members = new HashMap<>();
		expect('{');
		if (peek() == '}') {
			this.at++;
		}
		else {
			do {
				String name = string();
				expect(':');
				String value = value(0);
				if (value != null && members.put(name, value) != null) {
					throw bad();
				}
			}
			while (next(','));
			expect('}');
		}
		blanks();
		if (this.at != this.text.length()) {
			throw bad();
		}
		return members;
	}

	/** The text of a value, {@code null} of objects, arrays and the literal. */
	private @Nullable String value(int depth) {
		if (depth > MAX_DEPTH) {
			throw bad();
		}
		switch (peek()) {
			case '"' -> {
				return string();
			}
			case '{' -> {
				this.at++;
				if (!next('}')) {
					do {
						string();
						expect(':');
						value(depth + 1);
					}
					while (next(','));
					expect('}');
				}
				return null;
			}
			case '[' -> {
				this.at++;
				if (!next(']')) {
					do {
						value(depth + 1);
					}
					while (next(','));
					expect(']');
				}
				return null;
			}
			default -> {
				int start = this.at;
				while (this.at < this.text.length() && ",]} \t\r\n".indexOf(this.text.charAt(this.at)) < 0) {
					this.at++;
				}
				String word = this.text.substring(start, this.at);
				if (!word.matches("true|false|null|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
					throw bad();
				}
				return word.equals("null") ? null : word;
			}
		}
	}

	private String string() {
		expect('"');
		StringBuilder value = new StringBuilder();
		while (true) {
			char character = this.text.charAt(this.at++);
			if (character == '"') {
				return value.toString();
			}
			if (character < ' ') {
				throw bad();
			}
			value.append((character == '\\') ? escape() : character);
		}
	}

	private char escape() {
		char character = this.text.charAt(this.at++);
		return switch (character) {
			case '"', '\\', '/' -> character;
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> {
				int code = 0;
				for (int i = 0; i < 4; i++) {
					int digit = Character.digit(this.text.charAt(this.at++), 16);
					if (digit < 0) {
						throw bad();
					}
					code = code << 4 | digit;
				}
				yield (char) code;
			}
			default -> throw bad();
		};
	}

	private char peek() {
		blanks();
		return this.text.charAt(this.at);
	}

	private boolean next(char wanted) {
		boolean found = peek() == wanted;
		this.at += found ? 1 : 0;
		return found;
	}

	private void expect(char wanted) {
		if (!next(wanted)) {
			throw bad();
		}
	}

	private void blanks() {
		while (this.at < this.text.length() && " \t\r\n".indexOf(this.text.charAt(this.at)) >= 0) {
			this.at++;
		}
	}

	private static IllegalArgumentException bad() {
		return new IllegalArgumentException("not a JSON object");
	}

}
