package io.securestreams.transport.loop;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * A Netty event loop as the executor of streams. May be used from any thread.
 */
public final class EventLoopExecutor implements StreamExecutor {

	private final EventLoop loop;

	EventLoopExecutor(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Returns the executor of an event loop: always the same one for a loop of
	 * {@link EventLoops}, an equal one for any other.
	 * @param loop the event loop
	 * @return its executor
	 */
	public static EventLoopExecutor of(EventLoop loop) {
		return (loop instanceof StreamEventLoop streamLoop) ? streamLoop.streamExecutor() : new EventLoopExecutor(loop);
	}

	/**
	 * Returns the event loop.
	 * @return the event loop
	 */
	public EventLoop eventLoop() {
		return this.loop;
	}

	@Override
	public boolean inContext() {
		return this.loop.inEventLoop();
	}

	@Override
	public void execute(Runnable task) {
		this.loop.execute(task);
	}

	@Override
	public Timer schedule(Runnable task, long delayMillis) {
		Future<?> future = this.loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
		return () -> future.cancel(false);
	}

	@Override
	public long nanoTime() {
		return this.loop.ticker().nanoTime();
	}

	@Override
	public long epochMillis() {
		return System.currentTimeMillis();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof EventLoopExecutor executor && executor.loop.equals(this.loop);
	}

	@Override
	public int hashCode() {
		return this.loop.hashCode();
	}

	@Override
	public String toString() {
		return "EventLoopExecutor[" + this.loop + "]";
	}

}
