package io.securestreams.policy.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.ObjectValue;
import io.securestreams.policy.json.PolicyProblem.Severity;
import org.jspecify.annotations.Nullable;

/**
 * All keys of one section of the policy. The one place where a key exists: reading,
 * suggestions for misspelt keys and the check of the published schema go by it.
 */
final class KeyTable {

	private final List<Key<?>> keys = new ArrayList<>();

	private final Map<String, Key<?>> byName = new LinkedHashMap<>();

	/** Adds a key that has no value of its own where the document does not have it. */
	<T> Key<T> add(String name, ValueReader<T> reader, Scope scope) {
		return add(name, reader, null, scope);
	}

	<T> Key<T> add(String name, ValueReader<T> reader, @Nullable T fallback, Scope scope) {
		Key<T> key = new Key<>(this.keys.size(), name, reader, fallback, scope);
		this.keys.add(key);
		this.byName.put(name, key);
		return key;
	}

	/** Adds an older spelling of a key. */
	void alias(String alias, Key<?> key) {
		this.byName.put(alias, key);
	}

	int size() {
		return this.keys.size();
	}

	Key<?> key(int index) {
		return this.keys.get(index);
	}

	/** Every name a document may use, older spellings included. */
	Set<String> names() {
		return Collections.unmodifiableSet(this.byName.keySet());
	}

	/**
	 * Reads the keys of an object into a draft. Unknown keys are warned about, and do not
	 * disturb what follows.
	 */
	void read(ObjectValue object, Draft into, DocumentReader document) {
		List<Member> members = object.members();
		for (int i = 0; i < members.size(); i++) {
			read(members.get(i), into, document);
		}
	}

	/** Reads one key into a draft. */
	void read(Member member, Draft into, DocumentReader document) {
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

	private <T> void read(Key<T> key, Member member, Draft into, DocumentReader document) {
		into.give(key, member.value().place(), key.reader().read(member.value(), document));
	}

	private void unknown(Member member, Problems problems) {
		problems.warning(member.place(), "unknown key " + Quoted.of(member.name()) + ", ignored"
				+ problems.didYouMean(Severity.WARNING, member.name(), this::names), "");
	}

}
