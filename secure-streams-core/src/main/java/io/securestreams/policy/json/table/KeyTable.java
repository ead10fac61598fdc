package io.securestreams.policy.json.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Quoted;

/**
 * All keys of one section of the policy. The one place where a key exists: reading,
 * overlays, lint, suggestions for misspelt keys, the published schema and the reference
 * go by it.
 */
public final class KeyTable {

	private final List<Theme> themes;

	private final List<Key<?>> keys = new ArrayList<>();

	private final Map<String, Key<?>> byName = new LinkedHashMap<>();

	/**
	 * Makes the table of all keys that themes have, which must be complete.
	 */
	public KeyTable(Theme... themes) {
		this.themes = List.of(themes);
		for (Theme theme : themes) {
			for (Key<?> key : theme.keys()) {
				key.join(this.keys.size());
				this.keys.add(key);
				this.byName.put(key.name(), key);
			}
		}
		for (Key<?> key : this.keys) {
			key.older().forEach((name) -> this.byName.put(name, key));
		}
	}

	public List<Theme> themes() {
		return this.themes;
	}

	int size() {
		return this.keys.size();
	}

	public Key<?> key(int index) {
		return this.keys.get(index);
	}

	public List<Key<?>> keys() {
		return Collections.unmodifiableList(this.keys);
	}

	/** Every name a document may use, older spellings included. */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.byName.keySet());
	}

	/**
	 * Reads the keys of an object into a draft. Unknown keys are warned about, and do not
	 * disturb what follows.
	 */
	public void read(ObjectValue object, Draft into, DocumentContext document) {
		List<Member> members = object.members();
		for (int i = 0; i < members.size(); i++) {
			read(members.get(i), into, document);
		}
	}

	/** Reads one key into a draft. */
	public void read(Member member, Draft into, DocumentContext document) {
		Key<?> key = this.byName.get(member.name());
		if (key == null) {
			unknown(member, document.problems());
		}
		else if (into.isGiven(key)) {
			document.problems()
				.error(member.place(), Quoted.of(member.name()) + " repeats " + Quoted.of(key.name()),
						"one spelling of the key");
		}
		else {
			read(key, member, into, document);
		}
	}

	private <T> void read(Key<T> key, Member member, Draft into, DocumentContext document) {
		into.give(key, member.value().place(), key.type().reader().read(member.value(), document));
	}

	private void unknown(Member member, Problems problems) {
		problems.warning(member.place(), "unknown key " + Quoted.of(member.name()) + ", ignored"
				+ problems.warningHint(member.name(), this::names), "");
	}

	/** Turns a streamtype's policy back into keys, for an overlay to overwrite. */
	public void recall(StreamPolicy stream, Draft into) {
		for (Key<?> key : this.keys) {
			recall(key, stream, into);
		}
	}

	private static <T> void recall(Key<T> key, StreamPolicy stream, Draft into) {
		into.set(key, key.of(stream));
	}

}
