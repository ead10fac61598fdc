package io.securestreams.transport.loop;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that knows its {@link EventLoopExecutor}, so that finding it costs a
 * field, looks at its sockets every few milliseconds however many tasks there are, and
 * ends with its last channel.
 */
final class StreamEventLoop extends SingleThreadIoEventLoop {

	/**
	 * Tasks that make tasks would keep the sockets waiting for a second by Netty's rule.
	 */
	private static final long TURN_NANOS = 2_000_000;

	/** Tasks between two looks at the clock, a power of two. */
	private static final int TASKS_UNTIMED = 4;

	/** Closing a channel takes a turn or two. */
	private static final int MAX_LAST_TURNS = 64;

	private static final Runnable NOTHING = () -> {
	};

	private final EventLoopExecutor streamExecutor = EventLoopExecutor.inLanes(this);

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	private final LoopWatch watch;

	private volatile @Nullable LoopProbe probe;

	/** Tasks of this turn. */
	private int tasks;

	private long turnStarted;

	private int lastTurns;

	StreamEventLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory ioHandlerFactory, LoopWatch watch) {
		super(parent, executor, ioHandlerFactory);
		this.watch = watch;
	}

	EventLoopExecutor streamExecutor() {
		return this.streamExecutor;
	}

	/** Whether something on this loop does not return. */
	boolean isBlocked() {
		LoopProbe current = this.probe;
		return current != null && current.isBlocked();
	}

	/** Tells how this loop is doing; {@code null} before its first task. */
	@Nullable LoopProbe probe() {
		return this.probe;
	}

	/** Closes what is open, and completes when it is closed. */
	CompletableFuture<Void> closeChannels() {
		if (this.probe == null || isShuttingDown()) {
			return CompletableFuture.completedFuture(null);
		}
		return CompletableFuture.supplyAsync(() -> List.copyOf(this.channels), this)
			.thenCompose((open) -> CompletableFuture
				.allOf(open.stream().map(StreamEventLoop::close).toArray(CompletableFuture<?>[]::new)));
	}

	private static CompletableFuture<Void> close(Channel channel) {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		channel.closeFuture().addListener((future) -> closed.complete(null));
		channel.close();
		return closed;
	}

	@Override
	public ChannelFuture register(ChannelPromise promise) {
		Channel channel = promise.channel();
		this.channels.add(channel);
		channel.config().setAllocator(RefusingAllocator.of(channel));
		channel.closeFuture().addListener((closed) -> this.channels.remove(channel));
		return super.register(promise);
	}

	@Override
	protected void run() {
		this.probe = this.watch.started(this, Thread.currentThread());
		super.run();
	}

	@Override
	protected int runIo() {
		this.streamExecutor.startTurn();
		return super.runIo();
	}

	@Override
	protected @Nullable Runnable pollTask() {
		this.streamExecutor.startTurn();
		// Most turns have a task or two, for which the clock is not worth a look
		if ((++this.tasks & (TASKS_UNTIMED - 1)) == 0) {
			long now = ticker().nanoTime();
			if (this.tasks == TASKS_UNTIMED) {
				this.turnStarted = now;
			}
			else if (now - this.turnStarted >= TURN_NANOS) {
				return null;
			}
		}
		return super.pollTask();
	}

	@Override
	protected void afterRunningAllTasks() {
		this.tasks = 0;
		super.afterRunningAllTasks();
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Netty's loop forgets its channels when it is asked to stop by one of its own tasks,
	 * and those that are registered meanwhile.
	 */
	@Override
	protected boolean confirmShutdown() {
		if (isShuttingDown() && getNumOfRegisteredChannels() > 0 && this.lastTurns++ < MAX_LAST_TURNS) {
			ioHandler().prepareToDestroy();
			execute(NOTHING);
			return false;
		}
		return super.confirmShutdown();
	}

}
