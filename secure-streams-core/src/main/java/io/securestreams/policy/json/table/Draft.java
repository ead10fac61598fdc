package io.securestreams.policy.json.table;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values of an entry of the policy while it is being read: those it had before (in an
 * overlay), overwritten by those the document gives.
 */
public final class Draft {

	private static final int NOT_GIVEN = -1;

	private int place;

	private final @Nullable Object[] values;

	private final int[] places;

	private final int[] given;

	private int givenCount;

	/**
	 * Creates an empty draft.
	 * @param table the keys it may hold
	 * @param place where the entry starts in the document
	 */
	public Draft(KeyTable table, int place) {
		this.place = place;
		this.values = new Object[table.size()];
		this.places = new int[table.size()];
		this.given = new int[table.size()];
		Arrays.fill(this.places, NOT_GIVEN);
	}

	/**
	 * Starts anew with another entry.
	 * @param place where it starts in the document
	 */
	public void clear(int place) {
		this.place = place;
		Arrays.fill(this.values, null);
		Arrays.fill(this.places, NOT_GIVEN);
		this.givenCount = 0;
	}

	/** Indexes of the keys that the document has, as many as {@link #givenCount()}. */
	public int given(int index) {
		return this.given[index];
	}

	public int givenCount() {
		return this.givenCount;
	}

	/** Where the entry starts in the document. */
	public int place() {
		return this.place;
	}

	/** Where the value of a key stands, or the entry if the document does not have it. */
	public int place(Key<?> key) {
		return isGiven(key) ? this.places[key.index()] : this.place;
	}

	/** Whether the document has the key, rightly or wrongly. */
	public boolean isGiven(Key<?> key) {
		return this.places[key.index()] != NOT_GIVEN;
	}

	/** Whether the key has a value, from the document or from before. */
	public boolean has(Key<?> key) {
		return this.values[key.index()] != null;
	}

	public <T> void set(Key<T> key, @Nullable T value) {
		this.values[key.index()] = value;
	}

	<T> void give(Key<T> key, int place, @Nullable T value) {
		this.places[key.index()] = place;
		this.given[this.givenCount++] = key.index();
		if (value != null) {
			this.values[key.index()] = value;
		}
	}

	public <T> T get(Key<T> key) {
		T value = find(key);
		return (value != null) ? value : Objects.requireNonNull(key.fallback(), key.name());
	}

	@SuppressWarnings("unchecked")
	public <T> @Nullable T find(Key<T> key) {
		return (T) this.values[key.index()];
	}

	public boolean isTrue(Key<Boolean> key) {
		return get(key);
	}

}
