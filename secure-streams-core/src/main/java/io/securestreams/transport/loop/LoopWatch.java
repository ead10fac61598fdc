package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import io.securestreams.stream.observe.EventLoopState;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the loops of an engine from a thread of its own, which starts with the
 * first of them and is the one that keeps the process alive until they are shut down.
 */
final class LoopWatch implements Runnable {

	static final String THREAD = "secure-streams-watch";

	private static final int LOOKS_PER_LIMIT = 4;

	private final List<LoopProbe> probes = new CopyOnWriteArrayList<>();

	private final long limitNanos;

	private volatile Function<EventLoopExecutor, List<String>> calling = (executor) -> List.of();

	private volatile boolean stopped;

	/** Guarded by this. */
	private @Nullable Thread thread;

	/**
	 * Makes a watch.
	 * @param limit how long a loop may do one thing; zero for as long as it likes
	 */
	LoopWatch(Duration limit) {
		this.limitNanos = limit.toNanos();
	}

	/** A loop begins, on its thread. */
	LoopProbe started(StreamEventLoop loop, Thread loopThread) {
		LoopProbe probe = new LoopProbe(loop, loopThread, this);
		this.probes.add(probe);
		synchronized (this) {
			if (this.thread == null && !this.stopped) {
				this.thread = new Thread(this, THREAD);
				this.thread.setDaemon(false);
				this.thread.start();
			}
		}
		return probe;
	}

	void ended(LoopProbe probe) {
		this.probes.remove(probe);
	}

	/** Names the streams whose handlers are being called on a loop. */
	void calling(Function<EventLoopExecutor, List<String>> names) {
		this.calling = names;
	}

	String streams(EventLoopExecutor executor) {
		List<String> names = this.calling.apply(executor);
		return names.isEmpty() ? "" : " by the handler of " + String.join(", ", names);
	}

	List<EventLoopState> states() {
		return this.probes.stream().map(LoopProbe::state).toList();
	}

	void stop() {
		synchronized (this) {
			this.stopped = true;
			LockSupport.unpark(this.thread);
		}
	}

	@Override
	public void run() {
		while (!this.stopped) {
			if (this.limitNanos == 0) {
				LockSupport.park(this);
				continue;
			}
			this.probes.forEach((probe) -> probe.check(this.limitNanos));
			LockSupport.parkNanos(this, Math.max(1, this.limitNanos / LOOKS_PER_LIMIT));
		}
	}

}
