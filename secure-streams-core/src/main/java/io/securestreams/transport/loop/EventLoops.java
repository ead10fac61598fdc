package io.securestreams.transport.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.stream.EventLoopThread;
import io.securestreams.stream.SecureStreamsException;

/**
 * The threads of an engine, named {@code secure-streams-N}: they keep the process alive
 * until {@link #shutdown()}. May be used from any thread.
 */
public final class EventLoops implements StreamExecutorGroup {

	private static final long SHUTDOWN_TIMEOUT_MILLIS = 5000;

	private final SocketTransport sockets;

	private final LoopThreads threads = new LoopThreads();

	private final StreamEventLoopGroup group;

	/** Guarded by {@link #threads}. */
	private @Nullable StreamEventLoopGroup nio;

	private EventLoops(SocketTransport sockets, int threads) {
		this.sockets = sockets;
		this.group = new StreamEventLoopGroup(threads, this.threads, sockets.ioHandler());
	}

	/**
	 * Makes event loops; threads start with their first task.
	 * @param transport {@code io_uring}, {@code epoll}, {@code kqueue}, {@code nio}, or
	 * {@code auto} for the best that is available
	 * @param threads number of threads; 0 means one per core
	 * @return the loops
	 * @throws SecureStreamsException if the transport is unknown or not available
	 */
	public static EventLoops create(String transport, int threads) {
		if (threads < 0) {
			throw new SecureStreamsException("event loop threads: " + threads + " (expected: 0 or more)");
		}
		return new EventLoops(SocketTransport.of(transport),
				(threads == 0) ? Runtime.getRuntime().availableProcessors() : threads);
	}

	/**
	 * Returns an event loop: the caller's own if it runs on one of this group, else the
	 * next in turn.
	 */
	@Override
	public EventLoopExecutor next() {
		if (Thread.currentThread() instanceof LoopThread thread && thread.owner == this.threads) {
			for (EventExecutor loop : this.group) {
				if (loop.inEventLoop()) {
					return ((StreamEventLoop) loop).streamExecutor();
				}
			}
		}
		return ((StreamEventLoop) this.group.next()).streamExecutor();
	}

	@Override
	public EventLoopExecutor next(int affinity) {
		int index = Math.floorMod((affinity * 0x9E3779B9) >>> 16, this.group.executorCount());
		for (EventExecutor loop : this.group) {
			if (index-- == 0) {
				return ((StreamEventLoop) loop).streamExecutor();
			}
		}
		throw new IllegalStateException("no event loop");
	}

	/**
	 * Returns an event loop for channels of the JDK: one of these where they are driven
	 * by NIO, else the only one of a group that is made when first needed.
	 * @return an executor whose loop takes NIO channels
	 */
	public EventLoopExecutor nextNio() {
		if (this.sockets.name().equals(SocketTransport.NIO)) {
			return next();
		}
		synchronized (this.threads) {
			StreamEventLoopGroup made = this.nio;
			if (made == null) {
				made = new StreamEventLoopGroup(1, this.threads, NioIoHandler.newFactory());
				this.nio = made;
				if (this.group.isShuttingDown()) {
					stop(made);
				}
			}
			return ((StreamEventLoop) made.next()).streamExecutor();
		}
	}

	/**
	 * Stops the loops; connections that are still open are closed.
	 * @return completes when all threads have ended
	 */
	public CompletionStage<Void> shutdown() {
		CompletableFuture<Void> done = stop(this.group);
		synchronized (this.threads) {
			return (this.nio != null) ? CompletableFuture.allOf(done, stop(this.nio)) : done;
		}
	}

	private static CompletableFuture<Void> stop(EventLoopGroup group) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		group.shutdownGracefully(0, SHUTDOWN_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
			.addListener((future) -> done.complete(null));
		return done;
	}

	/**
	 * Returns how sockets are driven.
	 * @return {@code io_uring}, {@code epoll}, {@code kqueue} or {@code nio}
	 */
	public String transportName() {
		return this.sockets.name();
	}

	/**
	 * Returns the loops as Netty sees them.
	 * @return the group
	 */
	public EventLoopGroup group() {
		return this.group;
	}

	/**
	 * Returns the kinds of sockets that these loops drive.
	 * @return the transport
	 */
	public SocketTransport sockets() {
		return this.sockets;
	}

	private static final class StreamEventLoopGroup extends MultiThreadIoEventLoopGroup {

		StreamEventLoopGroup(int threads, ThreadFactory factory, IoHandlerFactory ioHandler) {
			super(threads, factory, ioHandler);
		}

		@Override
		protected IoEventLoop newChild(Executor executor, IoHandlerFactory ioHandlerFactory, Object... args) {
			return new StreamEventLoop(this, executor, ioHandlerFactory);
		}

	}

	private static final class LoopThreads implements ThreadFactory {

		private final AtomicInteger counter = new AtomicInteger();

		@Override
		public Thread newThread(Runnable task) {
			LoopThread thread = new LoopThread(this, task, "secure-streams-" + this.counter.incrementAndGet());
			thread.setDaemon(false);
			return thread;
		}

	}

	private static final class LoopThread extends FastThreadLocalThread implements EventLoopThread {

		private final LoopThreads owner;

		LoopThread(LoopThreads owner, Runnable task, String name) {
			super(task, name);
			this.owner = owner;
		}

	}

}
