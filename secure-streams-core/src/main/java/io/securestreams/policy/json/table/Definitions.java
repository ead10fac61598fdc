package io.securestreams.policy.json.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.securestreams.policy.json.text.JsonOutline;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * What a section of the policy defines by name. Names are exact, and usable only after
 * their definition.
 *
 * @param <T> type of what is defined
 */
public final class Definitions<T> {

	private static final int INHERITED = -1;

	private final String section;

	private final Map<String, Definition<T>> definitions = new LinkedHashMap<>();

	/** What a reference to this section is to be. */
	private final String expected;

	/** All names of the section in the document; found when one is missed. */
	private @Nullable Set<String> inDocument;

	public Definitions(String section, Map<String, T> inherited) {
		this.section = section;
		this.expected = "a name from " + Quoted.of(section);
		inherited.forEach((name, value) -> this.definitions.put(name, new Definition<>(INHERITED, value)));
	}

	/**
	 * Notes that the document defines a name.
	 * @return the definition, or {@code null} if the name cannot be defined, which has
	 * been reported
	 */
	public @Nullable Definition<T> declare(String name, int place, DocumentContext document) {
		if (name.isEmpty() || Values.controlCharacter(name) >= 0) {
			document.problems()
				.error(place, "name " + Quoted.of(name), "at least one character, no control characters");
			return null;
		}
		Definition<T> definition = new Definition<>(place, null);
		Definition<T> before = this.definitions.putIfAbsent(name, definition);
		if (before == null) {
			return definition;
		}
		if (before.place == INHERITED) {
			before.place = place;
			return before;
		}
		document.problems()
			.repeated(place, before.place, "duplicate name " + Quoted.of(name),
					"one definition, the first is in line ");
		return null;
	}

	/** Whether the name is defined, rightly or wrongly. */
	public boolean isDeclared(String name) {
		return this.definitions.containsKey(name);
	}

	/** What a name stands for, if it does. */
	public @Nullable T find(String name) {
		Definition<T> definition = this.definitions.get(name);
		return (definition != null) ? definition.value : null;
	}

	/** All names that are defined, rightly or wrongly. */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.definitions.keySet());
	}

	/** All names that stand for something. */
	public Map<String, T> values() {
		Map<String, T> values = new LinkedHashMap<>(this.definitions.size() * 4 / 3 + 1);
		this.definitions.forEach((name, definition) -> {
			if (definition.value != null) {
				values.put(name, definition.value);
			}
		});
		return values;
	}

	/**
	 * Warns of names that existed before the document: what refers to them keeps the
	 * value it has.
	 */
	public void lintRedefinitions(Problems problems) {
		this.definitions.forEach((name, definition) -> {
			if (definition.inherited && definition.place != INHERITED) {
				problems.warning(definition.place, "redefines " + Quoted.of(name)
						+ ": streamtypes outside this document keep the former definition", "another name");
			}
		});
	}

	/** Reads a reference to what is defined here. */
	public @Nullable T reference(JsonValue value, DocumentContext document) {
		String name = Values.string(value, document, this.expected);
		if (name == null) {
			return null;
		}
		Definition<T> target = this.definitions.get(name);
		if (target == null) {
			unknown(name, value.place(), document);
			return null;
		}
		return target.value;
	}

	private void unknown(String name, int place, DocumentContext document) {
		if (isInDocument(name, document)) {
			document.problems()
				.error(place, Quoted.of(name) + " is defined later in the document; move it before its use",
						"a name already defined in " + Quoted.of(this.section));
			return;
		}
		Problems problems = document.problems();
		problems.error(place, "unknown name " + Quoted.of(name), this.expected + problems.errorHint(name, this::names));
	}

	private boolean isInDocument(String name, DocumentContext document) {
		Set<String> names = this.inDocument;
		if (names == null) {
			names = JsonOutline.names(document.source(), this.section);
			this.inDocument = names;
		}
		return names.contains(name);
	}

	/**
	 * What a name stands for.
	 *
	 * @param <T> type of what is defined
	 */
	public static final class Definition<T> {

		private final boolean inherited;

		/** Where the document defines it. */
		private int place;

		private @Nullable T value;

		private Definition(int place, @Nullable T value) {
			this.inherited = place == INHERITED;
			this.place = place;
			this.value = value;
		}

		/** The value; before the document sets it, the one from before the document. */
		public @Nullable T value() {
			return this.value;
		}

		public void set(T value) {
			this.value = value;
		}

	}

}
