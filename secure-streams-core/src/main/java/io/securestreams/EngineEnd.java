package io.securestreams;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.local.StreamEngine;
import io.securestreams.proxy.client.ProxiedStreams;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.transport.TransportRuntime;

/**
 * How an engine ends: proxies, then streams and listeners, then what transports keep, the
 * event loops last; in bounded time, whatever handlers do. From any thread.
 */
final class EngineEnd {

	/** For streams to end that have been closed, beyond the time they have to drain. */
	private static final Duration ENDING = Duration.ofSeconds(5);

	private final StreamEngine engine;

	private final @Nullable ProxiedStreams proxied;

	private final TransportRuntime runtime;

	/** Lets go of what transports keep beyond streams. */
	private final Runnable release;

	private final List<ProxyServer> proxies = new CopyOnWriteArrayList<>();

	private final AtomicReference<@Nullable CompletableFuture<Void>> stopped = new AtomicReference<>();

	EngineEnd(StreamEngine engine, @Nullable ProxiedStreams proxied, TransportRuntime runtime, Runnable release) {
		this.engine = engine;
		this.proxied = proxied;
		this.runtime = runtime;
		this.release = release;
	}

	/** A proxy ends with its engine, at once if that has. */
	void add(ProxyServer server) {
		this.proxies.add(server);
		if (this.stopped.get() != null) {
			server.shutdown(Duration.ZERO);
		}
	}

	/** Whether there is nothing left to wait for. */
	boolean isReached() {
		CompletableFuture<Void> earlier = this.stopped.get();
		return earlier != null && earlier.isDone();
	}

	/**
	 * Ends everything.
	 * @param drain most time for transactions in flight; zero cuts an earlier call short
	 * @return completes when everything is gone
	 */
	CompletionStage<Void> shutdown(Duration drain) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		if (!this.stopped.compareAndSet(null, done)) {
			CompletableFuture<Void> earlier = Objects.requireNonNull(this.stopped.get());
			if (drain.isZero()) {
				end(drain);
			}
			return earlier;
		}
		bounded(end(drain), drain).thenCompose((nothing) -> {
			this.release.run();
			this.runtime.close();
			return this.runtime.loops().shutdown();
		}).whenComplete((nothing, failure) -> {
			if (failure != null) {
				done.completeExceptionally(failure);
			}
			else {
				done.complete(null);
			}
		});
		return done;
	}

	private CompletionStage<Void> end(Duration drain) {
		// Before its streams end, for their clients are to hear of it no sooner
		this.proxies.forEach((proxy) -> proxy.shutdown(drain));
		CompletionStage<Void> ended = this.engine.shutdown(drain);
		return (this.proxied == null) ? ended : ended.thenCombine(this.proxied.shutdown(drain), (one, other) -> one);
	}

	/** A handler that does not return keeps its streams from ending. */
	private static CompletableFuture<Void> bounded(CompletionStage<Void> ended, Duration drain) {
		Duration most = drain.isNegative() ? ENDING : drain.plus(ENDING);
		return ended.toCompletableFuture().copy().completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS);
	}

}
