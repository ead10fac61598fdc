package io.securestreams.engine.stream;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What is alive, oldest first. May be used from any thread.
 *
 * @param <T> streams or listeners
 */
public final class StreamDirectory<T> {

	/** So that event loops seldom wait for each other; a power of two. */
	private static final int SHELVES = 16;

	/** In no order: there is one more with each request, and few look. */
	private final List<Shelf<T>> shelves = Stream.generate(Shelf<T>::new).limit(SHELVES).toList();

	private final CompletableFuture<Void> emptied = new CompletableFuture<>();

	private volatile boolean sealed;

	/**
	 * Adds what is alive from now on.
	 * @param name its name
	 * @param entry the stream or listener
	 */
	public void add(StreamName name, T entry) {
		shelf(name).add(name, entry);
	}

	/**
	 * Takes out what has ended.
	 * @param name its name
	 * @return what it was, {@code null} if it was not there
	 */
	public @Nullable T remove(StreamName name) {
		T gone = shelf(name).remove(name);
		completeIfEmptied();
		return gone;
	}

	private Shelf<T> shelf(StreamName name) {
		return this.shelves.get((int) (name.serial() & (SHELVES - 1)));
	}

	/**
	 * Returns what is alive.
	 * @return a copy
	 */
	public Collection<T> copy() {
		return entries().sorted(Comparator.comparingLong((entry) -> entry.getKey().serial()))
			.<T>map(Map.Entry::getValue)
			.toList();
	}

	/** Takes what is on one shelf after the other, each when its turn comes. */
	private Stream<Map.Entry<StreamName, T>> entries() {
		return this.shelves.stream().flatMap((shelf) -> shelf.copy().stream());
	}

	/**
	 * Returns what is alive, in no order: there may be too many to copy and sort.
	 * @return a view, which may be walked through while it changes
	 */
	public Collection<T> unordered() {
		return new AbstractCollection<>() {
			@Override
			public Iterator<T> iterator() {
				return entries().<T>map(Map.Entry::getValue).iterator();
			}

			@Override
			public Spliterator<T> spliterator() {
				// The number may be another one by then
				return entries().<T>map(Map.Entry::getValue).spliterator();
			}

			@Override
			public int size() {
				return StreamDirectory.this.size();
			}
		};
	}

	/**
	 * Returns how much is alive.
	 * @return a number
	 */
	public int size() {
		return this.shelves.stream().mapToInt((shelf) -> shelf.size).sum();
	}

	/**
	 * Whether {@link #seal} has been called.
	 * @return {@code true} once it has
	 */
	public boolean isSealed() {
		return this.sealed;
	}

	/**
	 * Nothing is to be added any more. Who adds checks {@link #isSealed()} afterwards.
	 * @return completes when everything is gone
	 */
	public CompletionStage<Void> seal() {
		this.sealed = true;
		completeIfEmptied();
		return this.emptied;
	}

	private void completeIfEmptied() {
		if (this.sealed && size() == 0) {
			this.emptied.complete(null);
		}
	}

	/**
	 * A part of what is alive: a hash table with open addressing, because one with a node
	 * for each entry would make one more object with each request. Guarded by itself.
	 *
	 * @param <T> streams or listeners
	 */
	private static final class Shelf<T> {

		private static final int SMALLEST = 8;

		/** 2 to the power of 32 by the golden ratio: spreads numbers that count up. */
		private static final int SPREAD = 0x9e3779b9;

		private @Nullable StreamName[] names = new StreamName[SMALLEST];

		private @Nullable Object[] entries = new Object[SMALLEST];

		/** Read by any thread. */
		private volatile int size;

		synchronized void add(StreamName name, T entry) {
			if (this.size >= this.names.length / 2) {
				grow();
			}
			int place = find(name);
			if (this.names[place] == null) {
				this.size++;
			}
			this.names[place] = name;
			this.entries[place] = entry;
		}

		@SuppressWarnings("unchecked")
		synchronized @Nullable T remove(StreamName name) {
			int place = find(name);
			if (this.names[place] == null) {
				return null;
			}
			T gone = (T) this.entries[place];
			closeGap(place);
			this.size--;
			return gone;
		}

		@SuppressWarnings("unchecked")
		synchronized List<Map.Entry<StreamName, T>> copy() {
			List<Map.Entry<StreamName, T>> all = new ArrayList<>(this.size);
			for (int i = 0; i < this.names.length; i++) {
				StreamName name = this.names[i];
				T entry = (T) this.entries[i];
				if (name != null && entry != null) {
					all.add(Map.entry(name, entry));
				}
			}
			return all;
		}

		/** Finds where a name is, or else where it could be. */
		private int find(StreamName name) {
			int place = home(name);
			StreamName other = this.names[place];
			while (other != null && other.serial() != name.serial()) {
				place = next(place);
				other = this.names[place];
			}
			return place;
		}

		/** Where a name is looked for first. */
		private int home(StreamName name) {
			int number = (int) (name.serial() / SHELVES);
			return (number * SPREAD) >>> Integer.numberOfLeadingZeros(this.names.length - 1);
		}

		private int next(int place) {
			return (place + 1) & (this.names.length - 1);
		}

		/** Moves up what would not be found behind an empty place. */
		private void closeGap(int place) {
			int gap = place;
			int from = next(gap);
			StreamName name = this.names[from];
			while (name != null) {
				int mask = this.names.length - 1;
				if (((from - home(name)) & mask) >= ((from - gap) & mask)) {
					this.names[gap] = name;
					this.entries[gap] = this.entries[from];
					gap = from;
				}
				from = next(from);
				name = this.names[from];
			}
			this.names[gap] = null;
			this.entries[gap] = null;
		}

		private void grow() {
			@Nullable StreamName[] before = this.names;
			@Nullable Object[] moved = this.entries;
			this.names = new StreamName[before.length * 2];
			this.entries = new Object[before.length * 2];
			for (int i = 0; i < before.length; i++) {
				StreamName name = before[i];
				if (name != null) {
					int place = find(name);
					this.names[place] = name;
					this.entries[place] = moved[i];
				}
			}
		}

	}

}
