package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.observe.EventLoopThread;
import org.jspecify.annotations.Nullable;

/**
 * The threads of an engine, named {@code secure-streams-N}: as soon as there is one, the
 * process is kept alive until {@link #shutdown()}. May be used from any thread.
 */
public final class EventLoops implements StreamExecutorGroup {

	/** How long a loop may do one thing before it counts as blocked. */
	public static final Duration BLOCKED_AFTER = Duration.ofSeconds(5);

	private final SocketTransport sockets;

	private final LoopThreads threads = new LoopThreads("secure-streams-");

	private final LoopWatch watch;

	private final StreamEventLoopGroup group;

	/** Guarded by {@link #threads}. */
	private @Nullable StreamEventLoopGroup acceptor;

	/** Guarded by {@link #threads}. */
	private @Nullable StreamEventLoopGroup nio;

	/** Guarded by {@link #threads}. */
	private @Nullable CompletableFuture<Void> stopped;

	private EventLoops(SocketTransport sockets, int threads, Duration blockedAfter) {
		this.sockets = sockets;
		this.watch = new LoopWatch(blockedAfter);
		this.group = new StreamEventLoopGroup(threads, this.threads, sockets.ioHandler(), this.watch);
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
		return create(transport, threads, BLOCKED_AFTER);
	}

	/**
	 * Makes event loops; threads start with their first task.
	 * @param transport {@code io_uring}, {@code epoll}, {@code kqueue}, {@code nio}, or
	 * {@code auto} for the best that is available
	 * @param threads number of threads; 0 means one per core
	 * @param blockedAfter how long a loop may do one thing before it is logged and
	 * reported as blocked; zero for as long as it likes
	 * @return the loops
	 * @throws SecureStreamsException if the transport is unknown or not available
	 */
	public static EventLoops create(String transport, int threads, Duration blockedAfter) {
		if (threads < 0) {
			throw new SecureStreamsException("event loop threads: " + threads + " (expected: 0 or more)");
		}
		if (blockedAfter.isNegative()) {
			throw new SecureStreamsException(
					"event loops blocked after: " + blockedAfter + " (expected: zero for never, or more)");
		}
		return new EventLoops(SocketTransport.of(transport),
				(threads == 0) ? Runtime.getRuntime().availableProcessors() : threads, blockedAfter);
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
				made = extra(this.threads, NioIoHandler.newFactory());
				this.nio = made;
			}
			return ((StreamEventLoop) made.next()).streamExecutor();
		}
	}

	/**
	 * Returns the event loop of listening sockets, which is made when first needed: no
	 * handler runs there, so accepting waits for none.
	 * @return a loop for nothing else
	 */
	public EventLoop acceptor() {
		synchronized (this.threads) {
			StreamEventLoopGroup made = this.acceptor;
			if (made == null) {
				made = extra(new LoopThreads("secure-streams-accept-"), this.sockets.ioHandler());
				this.acceptor = made;
			}
			return made.next();
		}
	}

	private StreamEventLoopGroup extra(LoopThreads factory, IoHandlerFactory ioHandler) {
		StreamEventLoopGroup made = new StreamEventLoopGroup(1, factory, ioHandler, this.watch);
		if (this.stopped != null) {
			made.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
		}
		return made;
	}

	/**
	 * Stops the loops, in bounded time: connections and listeners that are still open are
	 * closed. A thread on which something does not return is logged, interrupted, and
	 * left behind if that does not help; it does not keep the process alive.
	 * @return completes when nothing is open and all threads have ended, or have been
	 * given up
	 */
	public CompletionStage<Void> shutdown() {
		synchronized (this.threads) {
			CompletableFuture<Void> done = this.stopped;
			if (done == null) {
				done = LoopShutdown.of(Stream.of(this.acceptor, this.group, this.nio).filter(Objects::nonNull).toList())
					.thenRun(this.watch::stop);
				this.stopped = done;
			}
			return done;
		}
	}

	/**
	 * Tells how the threads are doing.
	 * @return those that have been started
	 */
	public List<EventLoopState> states() {
		return this.watch.states();
	}

	/**
	 * Sets who knows which streams are being served by a loop, for reports of those that
	 * are blocked.
	 * @param names gives the names of the streams whose handlers are being called on a
	 * loop; is called from another thread
	 */
	public void calling(Function<EventLoopExecutor, List<String>> names) {
		this.watch.calling(names);
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

		StreamEventLoopGroup(int threads, ThreadFactory factory, IoHandlerFactory ioHandler, LoopWatch watch) {
			super(threads, new ThreadPerTaskExecutor(factory), ioHandler, watch);
		}

		@Override
		protected IoEventLoop newChild(Executor executor, IoHandlerFactory ioHandlerFactory, Object... args) {
			return new StreamEventLoop(this, executor, ioHandlerFactory, (LoopWatch) args[0]);
		}

		/** The next in turn that gets on, if there is one. */
		@Override
		public IoEventLoop next() {
			IoEventLoop next = super.next();
			for (int others = executorCount() - 1; others > 0 && ((StreamEventLoop) next).isBlocked(); others--) {
				next = super.next();
			}
			return next;
		}

	}

	private static final class LoopThreads implements ThreadFactory {

		private final AtomicInteger counter = new AtomicInteger();

		private final String prefix;

		LoopThreads(String prefix) {
			this.prefix = prefix;
		}

		@Override
		public Thread newThread(Runnable task) {
			LoopThread thread = new LoopThread(this, task, this.prefix + this.counter.incrementAndGet());
			// The watch keeps the process alive, as long as it should
			thread.setDaemon(true);
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
