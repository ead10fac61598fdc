package io.securestreams.proxy.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.securestreams.stream.observe.EventLoopThread;

/**
 * The links that a proxy has now, each on an event loop of its own. May be used from any
 * thread.
 */
final class ProxyLinks {

	private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();

	void add(ProxyLink link) {
		this.links.add(link);
	}

	void remove(ProxyLink link) {
		this.links.remove(link);
	}

	int size() {
		return this.links.size();
	}

	boolean isEmpty() {
		return this.links.isEmpty();
	}

	/** They end, now or when nothing is under way on them. */
	void drain(boolean now) {
		for (ProxyLink link : this.links) {
			try {
				link.loop().execute(() -> link.drain(now));
			}
			catch (RejectedExecutionException ex) {
				remove(link);
			}
		}
	}

	/** How they are now; those of an event loop that does not get on are missing. */
	List<ProxyLinkSnapshot> snapshots() {
		List<CompletableFuture<ProxyLinkSnapshot>> asked = new ArrayList<>();
		for (ProxyLink link : this.links) {
			CompletableFuture<ProxyLinkSnapshot> answer = new CompletableFuture<>();
			asked.add(answer);
			try {
				link.loop().execute(() -> answer.complete(link.snapshot()));
			}
			catch (RejectedExecutionException ex) {
				answer.cancel(false);
			}
		}
		List<ProxyLinkSnapshot> found = new ArrayList<>();
		CompletableFuture<Void> all = CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]));
		try {
			if (!(Thread.currentThread() instanceof EventLoopThread)) {
				all.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
			}
		}
		catch (CompletionException | CancellationException ex) {
			// Those that could not be asked are gone
		}
		for (CompletableFuture<ProxyLinkSnapshot> answer : asked) {
			if (answer.isDone() && !answer.isCompletedExceptionally()) {
				found.add(answer.join());
			}
		}
		return found;
	}

}
