package io.securestreams.policy.json.table;

import java.util.function.Consumer;

import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Items;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;

/**
 * The policy's way to write a map: an array of objects with one member each, whose key is
 * the name. Several members in one object are accepted as well.
 */
public final class Entries {

	private Entries() {
	}

	/**
	 * Visits every member of every object of an array.
	 * @return {@code false} if the value is no array, which has been reported
	 */
	public static boolean forEach(JsonValue value, DocumentContext document, String expected,
			Consumer<Member> visitor) {
		return forEachObject(value, document, expected, (object) -> object.members().forEach(visitor));
	}

	public static boolean forEachObject(JsonValue value, DocumentContext document, String expected,
			Consumer<ObjectValue> visitor) {
		if (!(value instanceof Items array)) {
			document.problems().error(value.place(), value.describe(), "an array of objects " + expected);
			return false;
		}
		array.forEachItem((item) -> {
			if (item instanceof ObjectValue object) {
				visitor.accept(object);
			}
			else {
				document.problems().error(item.place(), item.describe(), "an object " + expected);
			}
		});
		return true;
	}

}
