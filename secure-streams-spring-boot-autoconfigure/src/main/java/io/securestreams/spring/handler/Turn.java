package io.securestreams.spring.handler;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.securestreams.stream.observe.EventLoopThread;

/**
 * Work that an executor is asked for once. It is never lost, and never done on an event
 * loop: executors reject, drop without a word once they are shut down, or run things in
 * the thread that asks, as their rejection policy says. They also fail, as a task
 * decorator does that looks for a web request around the caller.
 */
final class Turn implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Turn.class);

	/**
	 * Those that are known to fail: what is wrong is told once, and not for each call.
	 */
	private static final Set<Executor> failing = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private final Runnable work;

	private final AtomicBoolean taken = new AtomicBoolean();

	private Turn(Runnable work) {
		this.work = work;
	}

	/**
	 * Has work done, once.
	 * @param executor where
	 * @param work the work
	 */
	static void on(Executor executor, Runnable work) {
		Turn turn = new Turn(work);
		try {
			executor.execute(turn);
			if (isShutDown(executor)) {
				// It may have got it before, or has dropped it
				turn.runElsewhere();
			}
		}
		catch (RejectedExecutionException ex) {
			turn.runElsewhere();
		}
		catch (RuntimeException | Error ex) {
			if (failing.add(executor)) {
				logger.warn("Handlers get threads of their own, for their executor fails: {}", executor, ex);
			}
			turn.runElsewhere();
		}
	}

	private static boolean isShutDown(Executor executor) {
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			return pool.getThreadPoolExecutor().isShutdown();
		}
		return executor instanceof ExecutorService service && service.isShutdown();
	}

	@Override
	public void run() {
		if (EventLoopThread.isCurrent()) {
			runElsewhere();
		}
		else if (this.taken.compareAndSet(false, true)) {
			this.work.run();
		}
	}

	private void runElsewhere() {
		if (!this.taken.get()) {
			new Thread(this, "secure-streams-drain").start();
		}
	}

}
