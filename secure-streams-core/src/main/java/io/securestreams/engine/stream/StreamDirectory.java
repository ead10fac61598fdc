package io.securestreams.engine.stream;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * What is alive, oldest first. May be used from any thread.
 *
 * @param <T> streams or listeners
 */
public final class StreamDirectory<T> {

	/** In no order: there is one more with each request, and few look. */
	private final Map<StreamName, T> entries = new ConcurrentHashMap<>();

	private final CompletableFuture<Void> emptied = new CompletableFuture<>();

	private volatile boolean sealed;

	/**
	 * Adds what is alive from now on.
	 * @param name its name
	 * @param entry the stream or listener
	 */
	public void add(StreamName name, T entry) {
		this.entries.put(name, entry);
	}

	/**
	 * Takes out what has ended.
	 * @param name its name
	 * @return what it was, {@code null} if it was not there
	 */
	public @Nullable T remove(StreamName name) {
		T gone = this.entries.remove(name);
		completeIfEmptied();
		return gone;
	}

	/**
	 * Returns what is alive.
	 * @return a copy
	 */
	public Collection<T> copy() {
		return this.entries.entrySet()
			.stream()
			.sorted(Comparator.comparingLong((entry) -> entry.getKey().serial()))
			.<T>map(Map.Entry::getValue)
			.toList();
	}

	/**
	 * Returns what is alive, in no order: there may be too many to copy and sort.
	 * @return a view, which may be walked through while it changes
	 */
	public Collection<T> unordered() {
		return Collections.unmodifiableCollection(this.entries.values());
	}

	/**
	 * Returns how much is alive.
	 * @return a number
	 */
	public int size() {
		return this.entries.size();
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
		if (this.sealed && this.entries.isEmpty()) {
			this.emptied.complete(null);
		}
	}

}
