package io.securestreams.policy.json;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A value of a JSON document that remembers where it starts: a character offset into the
 * {@link SourceText}, from which path, line and column are derived when they are needed.
 */
sealed interface JsonValue {

	int offset();

	/**
	 * Says in an error message what was found. Texts are quoted and shortened.
	 */
	String describe();

	record ObjectValue(int offset, List<Member> members) implements JsonValue {

		@Override
		public String describe() {
			return "an object";
		}

		@Nullable Member find(String name) {
			for (Member member : this.members) {
				if (member.name().equals(name)) {
					return member;
				}
			}
			return null;
		}

	}

	record ArrayValue(int offset, List<JsonValue> items) implements JsonValue {

		@Override
		public String describe() {
			return "an array";
		}

	}

	/**
	 * A string, number, boolean or null.
	 *
	 * @param text content of a string, otherwise the literal as written
	 */
	record Scalar(int offset, Kind kind, String text) implements JsonValue {

		@Override
		public String describe() {
			return (this.kind == Kind.STRING) ? Quoted.of(this.text) : Quoted.shorten(this.text);
		}

		/** What it is, for values that must not be repeated. */
		String describeKind() {
			return switch (this.kind) {
				case STRING -> "a string";
				case NUMBER -> "a number";
				case TRUE, FALSE -> "a boolean";
				case NULL -> "null";
			};
		}

	}

	/**
	 * A name and its value in an object.
	 *
	 * @param offset where the name starts
	 */
	record Member(int offset, String name, JsonValue value) {

	}

	enum Kind {

		STRING, NUMBER, TRUE, FALSE, NULL

	}

}
