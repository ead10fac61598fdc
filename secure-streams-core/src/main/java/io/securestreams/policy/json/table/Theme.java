package io.securestreams.policy.json.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.securestreams.policy.Template;

/**
 * Keys that belong together: a part of the table of keys, and a section of the reference.
 */
public final class Theme {

	private static final Template NOTHING = Template.parse("");

	private final String title;

	private final String introduction;

	private final List<Key<?>> keys = new ArrayList<>();

	public Theme(String title, String introduction) {
		this.title = title;
		this.introduction = introduction;
	}

	public String title() {
		return this.title;
	}

	public String introduction() {
		return this.introduction;
	}

	public List<Key<?>> keys() {
		return Collections.unmodifiableList(this.keys);
	}

	public <T> KeyRow<T> key(String name, ValueType<T> type, Scope scope) {
		return new KeyRow<>(this, name, type, scope);
	}

	public KeyRow<Boolean> flag(String name, Scope scope) {
		return key(name, Types.FLAG, scope).or(false);
	}

	public KeyRow<Boolean> strictFlag(String name, Scope scope) {
		return key(name, Types.STRICT_FLAG, scope).or(false);
	}

	public KeyRow<String> text(String name, Scope scope) {
		return key(name, Types.TEXT, scope).or("");
	}

	public KeyRow<Template> template(String name, Scope scope) {
		return key(name, Types.TEMPLATE, scope).or(NOTHING);
	}

	public KeyRow<Integer> integer(String name, int max, Scope scope) {
		return key(name, Types.integer(0, max), scope).or(0);
	}

	void add(Key<?> key) {
		this.keys.add(key);
	}

}
