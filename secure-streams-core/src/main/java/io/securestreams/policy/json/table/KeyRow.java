package io.securestreams.policy.json.table;

import java.util.List;

import io.securestreams.policy.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of keys while it is being written. {@link #says} ends it.
 *
 * @param <T> type of the key's value
 */
public final class KeyRow<T> {

	private final Theme theme;

	final String name;

	final ValueType<T> type;

	final Scope scope;

	@Nullable T fallback;

	@Nullable Finder<T> finder;

	@Nullable Key<?> needs;

	@Nullable String missing;

	@Nullable String otherwise;

	List<String> older = List.of();

	String more = "";

	String example = "";

	KeyRow(Theme theme, String name, ValueType<T> type, Scope scope) {
		this.theme = theme;
		this.name = name;
		this.type = type;
		this.scope = scope;
	}

	/** What holds where the document does not have the key. */
	public KeyRow<T> or(T fallback) {
		this.fallback = fallback;
		return this;
	}

	/** Says to people what holds where the document does not have the key. */
	public KeyRow<T> otherwise(String text) {
		this.otherwise = text;
		return this;
	}

	/** Where the value is in the policy of a streamtype. */
	public KeyRow<T> from(Finder<T> finder) {
		this.finder = finder;
		return this;
	}

	/** Older names in documents. */
	public KeyRow<T> older(String... names) {
		this.older = List.of(names);
		return this;
	}

	/** The key only adds to another one. */
	public KeyRow<T> needs(Key<?> other) {
		this.needs = other;
		return this;
	}

	/** The key is known, but nothing goes by it in this version. */
	public KeyRow<T> missing(String why) {
		this.missing = why;
		return this;
	}

	public KeyRow<T> example(String json) {
		this.example = json;
		return this;
	}

	public KeyRow<T> more(String text) {
		this.more = text;
		return this;
	}

	/**
	 * Ends the row.
	 * @param summary what the key does, in one sentence or two
	 * @return the key
	 */
	public Key<T> says(String summary) {
		Key<T> key = new Key<>(this, summary);
		this.theme.add(key);
		return key;
	}

	/**
	 * Finds a value in the policy of a streamtype.
	 *
	 * @param <T> type of the value
	 */
	@FunctionalInterface
	public interface Finder<T> {

		/**
		 * Finds the value.
		 * @return the value, {@code null} if the streamtype has none
		 */
		@Nullable T find(StreamPolicy stream);

	}

}
