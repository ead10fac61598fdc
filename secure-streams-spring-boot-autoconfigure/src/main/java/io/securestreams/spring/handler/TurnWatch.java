package io.securestreams.spring.handler;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Finds turns that an executor has taken and lost, which nobody hears of: a task
 * decorator has thrown on the executor's thread, before it got to the work, or a
 * rejection policy has dropped it. Looks every second, and goes by what executors tell of
 * their work, for one that is busy has not lost anything. Who is wrongly taken for lost
 * runs elsewhere, once all the same.
 */
final class TurnWatch implements Runnable {

	private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** A thread of its own starts at once, unless there is much to do. */
	private static final int THREAD_LOOKS = 3;

	private static final Queue<TurnWatch.Entry> watched = new ConcurrentLinkedQueue<>();

	private static final AtomicBoolean looking = new AtomicBoolean();

	/**
	 * Those that have lost one and have not delivered any since: nobody waits for them.
	 */
	private static final Set<Executor> losing = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	/** Spares those that deliver a lock. */
	private static volatile boolean anyLosing;

	private TurnWatch() {
	}

	static boolean loses(Executor executor) {
		return anyLosing && losing.contains(executor);
	}

	static void delivered(Executor executor) {
		if (anyLosing) {
			synchronized (losing) {
				losing.remove(executor);
				anyLosing = !losing.isEmpty();
			}
		}
	}

	/**
	 * Watches a turn whose executor tells enough for that.
	 * @param turn the executor has it
	 */
	static void watch(Turn turn) {
		if (turn.isTaken() || !tells(turn.executor())) {
			return;
		}
		// Keeps the queue as short as what is still to be done
		Entry oldest = watched.poll();
		if (oldest != null && !oldest.turn.isTaken()) {
			watched.add(oldest);
		}
		watched.add(new Entry(turn));
		begin();
	}

	private static void begin() {
		if (looking.compareAndSet(false, true)) {
			Thread thread = new Thread(new TurnWatch(), "secure-streams-turns");
			thread.setDaemon(true);
			thread.start();
		}
	}

	private static boolean tells(Executor executor) {
		return isThreadEach(executor) || pool(executor) != null;
	}

	/** What it has taken has started. */
	private static boolean isThreadEach(Executor executor) {
		return executor instanceof SimpleAsyncTaskExecutor;
	}

	/**
	 * Whether an executor does nothing more.
	 * @param executor it has work
	 * @return {@code true} if it is known to be shut down
	 */
	static boolean isShutDown(Executor executor) {
		ExecutorService pool = pool(executor);
		return (pool != null) ? pool.isShutdown() : executor instanceof ExecutorService service && service.isShutdown();
	}

	/** The threads behind an executor, {@code null} if there are none to be seen. */
	private static @Nullable ThreadPoolExecutor pool(Executor executor) {
		if (executor instanceof ThreadPoolExecutor pool) {
			return pool;
		}
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			return pool.getThreadPoolExecutor();
		}
		if (executor instanceof ThreadPoolTaskScheduler scheduler) {
			return scheduler.getScheduledThreadPoolExecutor();
		}
		return (executor instanceof ConcurrentTaskExecutor outer) ? pool(outer.getConcurrentExecutor()) : null;
	}

	@Override
	public void run() {
		do {
			LockSupport.parkNanos(LOOK_NANOS);
			look();
		}
		while (!watched.isEmpty());
		looking.set(false);
		if (!watched.isEmpty()) {
			begin();
		}
	}

	private static void look() {
		Map<Executor, Progress> now = new IdentityHashMap<>();
		watched.removeIf((entry) -> entry.isDone(now));
	}

	private static final class Entry {

		private final Turn turn;

		private @Nullable Progress first;

		private int looks;

		Entry(Turn turn) {
			this.turn = turn;
		}

		/** Known before it is asked whether the turn has been taken. */
		boolean isDone(Map<Executor, Progress> all) {
			if (this.turn.isTaken()) {
				return true;
			}
			Executor executor = this.turn.executor();
			Progress now = all.computeIfAbsent(executor, Progress::of);
			if (this.first == null) {
				this.first = now;
				return false;
			}
			if (++this.looks < now.looks() || !now.isPast(this.first)) {
				return false;
			}
			if (!this.turn.isTaken()) {
				synchronized (losing) {
					losing.add(executor);
					anyLosing = true;
				}
				this.turn.recover();
			}
			return true;
		}

	}

	/**
	 * How far an executor has got.
	 *
	 * @param idle whether it has nothing to do
	 * @param given tasks that it has been given, but for those that threads are just
	 * fetching
	 * @param completed those that have ended
	 * @param threads how many threads it has had at a time
	 * @param looks how often one looks again before that counts
	 */
	private record Progress(boolean idle, long given, long completed, int threads, int looks) {

		static Progress of(Executor executor) {
			ThreadPoolExecutor pool = pool(executor);
			return (pool != null)
					? new Progress(pool.getActiveCount() == 0 && pool.getQueue().isEmpty(), pool.getTaskCount(),
							pool.getCompletedTaskCount(), pool.getLargestPoolSize(), 1)
					: new Progress(true, 0, 0, 0, THREAD_LOOKS);
		}

		/** Whether all that it had been given at an earlier look has ended by now. */
		boolean isPast(Progress first) {
			return this.idle || this.completed >= first.given + this.threads;
		}

	}

}
