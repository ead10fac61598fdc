package io.securestreams.policy.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.securestreams.policy.Template;

/**
 * Keys that belong together: a part of the table of keys, and a section of the reference.
 */
final class Theme {

	private static final Template NOTHING = Template.parse("");

	private final String title;

	private final String introduction;

	private final List<Key<?>> keys = new ArrayList<>();

	Theme(String title, String introduction) {
		this.title = title;
		this.introduction = introduction;
	}

	String title() {
		return this.title;
	}

	String introduction() {
		return this.introduction;
	}

	List<Key<?>> keys() {
		return Collections.unmodifiableList(this.keys);
	}

	<T> KeyRow<T> key(String name, ValueType<T> type, Scope scope) {
		return new KeyRow<>(this, name, type, scope);
	}

	KeyRow<Boolean> flag(String name, Scope scope) {
		return key(name, Types.FLAG, scope).or(false);
	}

	KeyRow<Boolean> strictFlag(String name, Scope scope) {
		return key(name, Types.STRICT_FLAG, scope).or(false);
	}

	KeyRow<String> text(String name, Scope scope) {
		return key(name, Types.TEXT, scope).or("");
	}

	KeyRow<Template> template(String name, Scope scope) {
		return key(name, Types.TEMPLATE, scope).or(NOTHING);
	}

	KeyRow<Integer> integer(String name, int max, Scope scope) {
		return key(name, Types.integer(0, max), scope).or(0);
	}

	void add(Key<?> key) {
		this.keys.add(key);
	}

}
