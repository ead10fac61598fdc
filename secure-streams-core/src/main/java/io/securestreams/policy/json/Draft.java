package io.securestreams.policy.json;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values of an entry of the policy while it is being read: those it had before (in an
 * overlay), overwritten by those the document gives.
 */
final class Draft {

	private static final int NOT_GIVEN = -1;

	private final int offset;

	private final @Nullable Object[] values;

	private final int[] offsets;

	/**
	 * Creates an empty draft.
	 * @param table the keys it may hold
	 * @param offset where the entry starts in the document
	 */
	Draft(KeyTable table, int offset) {
		this.offset = offset;
		this.values = new Object[table.size()];
		this.offsets = new int[table.size()];
		Arrays.fill(this.offsets, NOT_GIVEN);
	}

	/** Where the entry starts in the document. */
	int offset() {
		return this.offset;
	}

	/** Where the value of a key stands, or the entry if the document does not have it. */
	int offset(Key<?> key) {
		return isGiven(key) ? this.offsets[key.index()] : this.offset;
	}

	/** Whether the document has the key, rightly or wrongly. */
	boolean isGiven(Key<?> key) {
		return this.offsets[key.index()] != NOT_GIVEN;
	}

	/** Whether the key has a value, from the document or from before. */
	boolean has(Key<?> key) {
		return this.values[key.index()] != null;
	}

	<T> void set(Key<T> key, @Nullable T value) {
		this.values[key.index()] = value;
	}

	<T> void give(Key<T> key, int offset, @Nullable T value) {
		this.offsets[key.index()] = offset;
		if (value != null) {
			this.values[key.index()] = value;
		}
	}

	<T> T get(Key<T> key) {
		T value = find(key);
		return (value != null) ? value : Objects.requireNonNull(key.fallback(), key.name());
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T find(Key<T> key) {
		return (T) this.values[key.index()];
	}

	boolean isTrue(Key<Boolean> key) {
		return get(key);
	}

}
