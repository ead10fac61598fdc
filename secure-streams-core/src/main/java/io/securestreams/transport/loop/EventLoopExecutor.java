package io.securestreams.transport.loop;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * A Netty event loop as the executor of streams. May be used from any thread.
 */
public final class EventLoopExecutor implements StreamExecutor {

	/** Questions of one turn between two looks at the clock, a power of two. */
	private static final int ASKED_UNTIMED = 16;

	private final EventLoop loop;

	/** Where there are others to be kept from waiting. */
	private final @Nullable Lanes lanes;

	/** The time when it was looked at last in this turn. */
	private long millis;

	/** How often it has been asked for since this turn began. */
	private int asked;

	private EventLoopExecutor(EventLoop loop, @Nullable Lanes lanes) {
		this.loop = loop;
		this.lanes = lanes;
	}

	/** Makes the executor of one of our own loops. */
	static EventLoopExecutor inLanes(EventLoop loop) {
		return new EventLoopExecutor(loop, new Lanes(loop));
	}

	/**
	 * Returns the executor of an event loop: always the same one for a loop of
	 * {@link EventLoops}, an equal one for any other.
	 * @param loop the event loop
	 * @return its executor
	 */
	public static EventLoopExecutor of(EventLoop loop) {
		return (loop instanceof StreamEventLoop streamLoop) ? streamLoop.streamExecutor()
				: new EventLoopExecutor(loop, null);
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
	public void executeInSlices(Runnable task) {
		if (this.lanes != null) {
			this.lanes.requests.add(task);
		}
		else {
			execute(task);
		}
	}

	/**
	 * Starts to connect, soon: in slices of their own, for there may be thousands of
	 * connections to be made at once, each of which takes a while.
	 * @param task starts one connection
	 */
	public void executeConnect(Runnable task) {
		if (this.lanes != null) {
			this.lanes.connects.add(task);
		}
		else {
			execute(task);
		}
	}

	@Override
	public void executeAfterPoll(Runnable task) {
		if (this.loop instanceof SingleThreadEventLoop single) {
			single.executeAfterEventLoopIteration(() -> execute(task));
		}
		else {
			execute(task);
		}
	}

	@Override
	public Timer schedule(Runnable task, long delayMillis) {
		Lanes known = this.lanes;
		if (known != null) {
			LaneTimer timer = new LaneTimer(task, known.timers);
			timer.future = this.loop.schedule(timer, delayMillis, TimeUnit.MILLISECONDS);
			return timer;
		}
		Future<?> future = this.loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
		return () -> future.cancel(false);
	}

	@Override
	public long nanoTime() {
		return this.loop.ticker().nanoTime();
	}

	/** A task or a look at the sockets begins, before which time has passed. */
	void startTurn() {
		this.asked = 0;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * On one of our own loops many requests are served in one turn, and looking at the
	 * clock for each of their states would be a sixth of what they cost.
	 */
	@Override
	public long epochMillis() {
		if (this.lanes == null || !inContext()) {
			return System.currentTimeMillis();
		}
		if ((this.asked++ & (ASKED_UNTIMED - 1)) == 0) {
			this.millis = System.currentTimeMillis();
		}
		return this.millis;
	}

	@Override
	public ByteBufAllocator allocator() {
		return RefusingAllocator.SHARED;
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

	/** Many of one kind wait for each other, and not the other kinds for them. */
	private static final class Lanes {

		/** What streams are asked for. */
		final TaskLane requests;

		final TaskLane connects;

		/** Timers that have expired. */
		final TaskLane timers;

		Lanes(EventLoop loop) {
			this.requests = new TaskLane(loop, System::nanoTime);
			this.connects = new TaskLane(loop, System::nanoTime);
			this.timers = new TaskLane(loop, System::nanoTime);
		}

	}

	/** A task that joins a lane when its time has come. */
	private static final class LaneTimer implements Runnable, Timer {

		private final Runnable task;

		private final TaskLane lane;

		private volatile @Nullable Future<?> future;

		private boolean expired;

		private volatile boolean cancelled;

		LaneTimer(Runnable task, TaskLane lane) {
			this.task = task;
			this.lane = lane;
		}

		@Override
		public void run() {
			if (this.cancelled) {
				return;
			}
			if (this.expired) {
				this.task.run();
				return;
			}
			this.expired = true;
			this.lane.add(this);
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			Future<?> waiting = this.future;
			if (waiting != null) {
				waiting.cancel(false);
			}
		}

	}

}
