package io.securestreams.policy.json.table;

import java.util.List;

import io.securestreams.policy.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * One key that a section of the policy knows: everything that is known about it. Written
 * as one row of a {@link Theme}.
 *
 * @param <T> type of its value
 */
public final class Key<T> {

	private final KeyRow<T> row;

	private final String summary;

	/** Place in a {@link Draft}, given by the table that the key is in. */
	private int index = -1;

	Key(KeyRow<T> row, String summary) {
		this.row = row;
		this.summary = summary;
	}

	/** Joins a table, once. */
	void join(int index) {
		if (this.index >= 0) {
			throw new IllegalStateException("key \"" + name() + "\" is in a table (expected: in none)");
		}
		this.index = index;
	}

	int index() {
		return this.index;
	}

	/** Name in the document. */
	public String name() {
		return this.row.name;
	}

	public ValueType<T> type() {
		return this.row.type;
	}

	/**
	 * What holds where the document does not have the key, {@code null} if that is to be
	 * asked for with {@link Draft#find(Key)}.
	 */
	public @Nullable T fallback() {
		return this.row.fallback;
	}

	/** The streamtypes in which it has an effect. */
	public Scope scope() {
		return this.row.scope;
	}

	/** The value that a streamtype has, {@code null} for none. */
	public @Nullable T of(StreamPolicy stream) {
		return (this.row.finder != null) ? this.row.finder.find(stream) : null;
	}

	/** Older names in documents. */
	public List<String> older() {
		return this.row.older;
	}

	/** The key without which this one has no effect, or {@code null}. */
	public @Nullable Key<?> needs() {
		return this.row.needs;
	}

	/** Why it has no effect in this version, or {@code null} if it has. */
	public @Nullable String missing() {
		return this.row.missing;
	}

	/** What it does, in one sentence or two. */
	public String summary() {
		return this.summary;
	}

	/** What else there is to know, or empty. */
	public String more() {
		return this.row.more;
	}

	/** What holds without it, in words, or {@code null} if the fallback says it. */
	public @Nullable String otherwise() {
		return this.row.otherwise;
	}

	/** An example, in JSON, or empty. */
	public String example() {
		return this.row.example;
	}

	@Override
	public String toString() {
		return name();
	}

}
