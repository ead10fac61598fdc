package io.securestreams.engine.local;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;

import io.securestreams.engine.stream.StreamName;

/**
 * What is alive, oldest first.
 *
 * @param <T> streams or listeners
 */
final class StreamDirectory<T> {

	private final ConcurrentSkipListMap<Long, T> entries = new ConcurrentSkipListMap<>();

	private final CompletableFuture<Void> emptied = new CompletableFuture<>();

	private volatile boolean sealed;

	void add(StreamName name, T entry) {
		this.entries.put(name.serial(), entry);
	}

	void remove(StreamName name) {
		this.entries.remove(name.serial());
		completeIfEmptied();
	}

	Collection<T> copy() {
		return List.copyOf(this.entries.values());
	}

	int size() {
		return this.entries.size();
	}

	/** Whether {@link #seal} has been called. */
	boolean isSealed() {
		return this.sealed;
	}

	/**
	 * Nothing is to be added any more. Who adds checks {@link #isSealed()} afterwards.
	 * @return completes when everything is gone
	 */
	CompletionStage<Void> seal() {
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
