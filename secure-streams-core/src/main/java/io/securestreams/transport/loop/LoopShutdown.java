package io.securestreams.transport.loop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Stops loops in bounded time: channels are closed, with whatever their protocol says at
 * the end, then the threads end. A thread that does not is interrupted and left behind.
 */
final class LoopShutdown {

	/** For closing channels, as long as a slow peer may take. */
	private static final long CLOSE_MILLIS = 1000;

	private static final long STOP_MILLIS = 2000;

	private static final long INTERRUPT_MILLIS = 1000;

	private LoopShutdown() {
	}

	static CompletableFuture<@Nullable Void> of(List<? extends EventLoopGroup> groups) {
		return atMost(CLOSE_MILLIS, all(groups, LoopShutdown::close))
			.thenCompose((closed) -> atMost(STOP_MILLIS, all(groups, LoopShutdown::stop)))
			.thenCompose((stopped) -> interrupt(groups) ? atMost(INTERRUPT_MILLIS, all(groups, LoopShutdown::stop))
					: CompletableFuture.completedFuture(null));
	}

	private static CompletableFuture<Void> close(EventLoopGroup group) {
		CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
		for (EventExecutor loop : group) {
			done = CompletableFuture.allOf(done, ((StreamEventLoop) loop).closeChannels());
		}
		return done;
	}

	private static CompletableFuture<Void> stop(EventLoopGroup group) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		group.shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS).addListener((future) -> done.complete(null));
		return done;
	}

	/** Whether there is a loop that has not ended. */
	private static boolean interrupt(List<? extends EventLoopGroup> groups) {
		boolean any = false;
		for (EventLoopGroup group : groups) {
			for (EventExecutor loop : group) {
				LoopProbe probe = ((StreamEventLoop) loop).probe();
				if (!loop.isTerminated() && probe != null) {
					probe.interrupt();
					any = true;
				}
			}
		}
		return any;
	}

	private static CompletableFuture<Void> all(List<? extends EventLoopGroup> groups,
			Function<EventLoopGroup, CompletableFuture<Void>> step) {
		return CompletableFuture.allOf(groups.stream().map(step).toArray(CompletableFuture<?>[]::new));
	}

	/** However it ends, and if it does not end. */
	private static CompletableFuture<@Nullable Void> atMost(long millis, CompletableFuture<Void> step) {
		return step.<@Nullable Void>handle((nothing, failure) -> null)
			.completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
	}

}
