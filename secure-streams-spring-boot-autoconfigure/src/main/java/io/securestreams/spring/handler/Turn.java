package io.securestreams.spring.handler;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.observe.EventLoopThread;

/**
 * Work that an executor is asked for once. It is never lost, and never done on an event
 * loop: executors reject, drop without a word once they are shut down, or run things in
 * the thread that asks, as their rejection policy says. They also fail, as a task
 * decorator does that looks for a web request around the caller, or lose what they have
 * taken, if it does so on their own thread.
 */
final class Turn implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Turn.class);

	/**
	 * Those that are known to fail: what is wrong is told once, and not for each call.
	 */
	private static final Set<Executor> failing = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private final Executor executor;

	private final AtomicBoolean taken = new AtomicBoolean();

	/** Forgotten by whoever does it, for turns are watched a little longer. */
	private @Nullable Runnable work;

	private Turn(Executor executor, Runnable work) {
		this.executor = executor;
		this.work = work;
	}

	/**
	 * Has work done, once.
	 * @param executor where
	 * @param work the work
	 */
	static void on(Executor executor, Runnable work) {
		Turn turn = new Turn(executor, work);
		try {
			executor.execute(turn);
			if (TurnWatch.isShutDown(executor) || TurnWatch.loses(executor)) {
				// It may have got it before, or has dropped it
				turn.runElsewhere();
			}
			else {
				TurnWatch.watch(turn);
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

	/** On a thread of the executor. */
	@Override
	public void run() {
		TurnWatch.delivered(this.executor);
		take();
	}

	private void take() {
		if (EventLoopThread.isCurrent()) {
			runElsewhere();
		}
		else if (this.taken.compareAndSet(false, true)) {
			Runnable own = this.work;
			this.work = null;
			if (own != null) {
				own.run();
			}
		}
	}

	Executor executor() {
		return this.executor;
	}

	boolean isTaken() {
		return this.taken.get();
	}

	/** The executor has lost it. */
	void recover() {
		if (!this.taken.get() && failing.add(this.executor)) {
			logger.warn("A handler gets a thread of its own, for its executor has lost a call: a task decorator that "
					+ "throws there, or a rejection policy that drops work? {}", this.executor);
		}
		runElsewhere();
	}

	private void runElsewhere() {
		if (!this.taken.get()) {
			new Thread(this::take, "secure-streams-drain").start();
		}
	}

}
