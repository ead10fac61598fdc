package io.securestreams.policy.json;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.securestreams.policy.json.JsonValue.ArrayValue;
import io.securestreams.policy.json.JsonValue.Kind;
import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.ObjectValue;
import io.securestreams.policy.json.JsonValue.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * What a section of the policy defines by name. Names are exact, and usable only after
 * their definition.
 *
 * @param <T> type of what is defined
 */
final class Definitions<T> {

	private final String section;

	private final Map<String, T> inherited;

	private final Map<String, T> values;

	/** Names this document defines, rightly or wrongly, and where. */
	private final Map<String, Integer> declared = new HashMap<>();

	Definitions(String section, Map<String, T> inherited) {
		this.section = section;
		this.inherited = inherited;
		this.values = new LinkedHashMap<>(inherited);
	}

	/**
	 * Notes that the document defines a name.
	 * @return {@code false} if the name cannot be defined, which has been reported
	 */
	boolean declare(String name, int offset, DocumentReader document) {
		Problems problems = document.problems();
		if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
			problems.error(offset, "name " + Quoted.of(name), "at least one character, no control characters");
			return false;
		}
		Integer first = this.declared.putIfAbsent(name, offset);
		if (first != null) {
			problems.error(offset, "duplicate name " + Quoted.of(name),
					"one definition, the first is in line " + problems.line(first));
			return false;
		}
		return true;
	}

	void define(String name, T value) {
		this.values.put(name, value);
	}

	/** Whether the document defines the name, rightly or wrongly. */
	boolean isDeclared(String name) {
		return this.declared.containsKey(name);
	}

	/** What was there before the document. */
	@Nullable T inherited(String name) {
		return this.inherited.get(name);
	}

	Map<String, T> values() {
		return this.values;
	}

	/**
	 * Warns of names that existed before the document: what refers to them keeps the
	 * value it has.
	 */
	void lintRedefinitions(Problems problems) {
		this.declared.forEach((name, offset) -> {
			if (this.inherited.containsKey(name)) {
				problems.warning(offset, "redefines " + Quoted.of(name)
						+ ": streamtypes outside this document keep the former definition", "another name");
			}
		});
	}

	/** Reads a reference to what is defined here. */
	@Nullable T reference(JsonValue value, DocumentReader document) {
		String name = Values.string(value, document, "a name from " + Quoted.of(this.section));
		if (name == null) {
			return null;
		}
		T target = this.values.get(name);
		if (target == null && !isDeclared(name)) {
			unknown(name, value.offset(), document);
		}
		return target;
	}

	private void unknown(String name, int offset, DocumentReader document) {
		if (isDefinedLater(name, document.root())) {
			document.problems()
				.error(offset, Quoted.of(name) + " is defined later in the document; move it before its use",
						"a name already defined in " + Quoted.of(this.section));
			return;
		}
		String suggestion = Suggestions.nearest(name, this.values.keySet());
		document.problems()
			.error(offset, "unknown name " + Quoted.of(name), "a name from " + Quoted.of(this.section)
					+ ((suggestion != null) ? "; did you mean " + Quoted.of(suggestion) + "?" : ""));
	}

	private boolean isDefinedLater(String name, ObjectValue root) {
		Member member = root.find(this.section);
		if (member == null || !(member.value() instanceof ArrayValue array)) {
			return false;
		}
		for (JsonValue item : array.items()) {
			if (item instanceof ObjectValue object && (object.find(name) != null || isNamed(object, name))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isNamed(ObjectValue object, String name) {
		Member member = object.find("name");
		return member != null && member.value() instanceof Scalar scalar && scalar.kind() == Kind.STRING
				&& scalar.text().equals(name);
	}

}
