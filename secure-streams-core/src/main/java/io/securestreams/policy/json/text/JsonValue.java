package io.securestreams.policy.json.text;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A value of a JSON document that remembers its place: the number of the token it starts
 * with, from which {@link JsonOutline} finds path, line and column when they are needed.
 */
public sealed interface JsonValue permits JsonValue.ObjectValue, JsonValue.Items, JsonValue.Scalar {

	int place();

	/**
	 * Says in an error message what was found. Texts are quoted and shortened.
	 */
	String describe();

	record ObjectValue(int place, List<Member> members) implements JsonValue {

		@Override
		public String describe() {
			return "an object";
		}

		public @Nullable Member find(String name) {
			for (Member member : this.members) {
				if (member.name().equals(name)) {
					return member;
				}
			}
			return null;
		}

	}

	/**
	 * An array.
	 */
	sealed interface Items extends JsonValue permits ArrayValue, JsonText.Section {

		/** Visits every item. */
		void forEachItem(Consumer<JsonValue> visitor);

		@Override
		default String describe() {
			return "an array";
		}

	}

	record ArrayValue(int place, List<JsonValue> items) implements Items {

		@Override
		public void forEachItem(Consumer<JsonValue> visitor) {
			this.items.forEach(visitor);
		}

	}

	/**
	 * A string, number, boolean or null.
	 *
	 * @param text content of a string, otherwise the literal as written
	 */
	record Scalar(int place, Kind kind, String text) implements JsonValue {

		@Override
		public String describe() {
			return (this.kind == Kind.STRING) ? Quoted.of(this.text) : Quoted.shorten(this.text);
		}

		/** What it is, for values that must not be repeated. */
		public String describeKind() {
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
	 * @param place where the name starts
	 */
	record Member(int place, String name, JsonValue value) {

	}

	enum Kind {

		STRING, NUMBER, TRUE, FALSE, NULL

	}

}
