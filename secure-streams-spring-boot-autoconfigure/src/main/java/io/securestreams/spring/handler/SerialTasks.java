package io.securestreams.spring.handler;

import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;
import io.securestreams.stream.TxSlot;

/**
 * Runs what happens on one stream on an executor, one after the other. While payload is
 * waiting the stream is not read from, so that the queue stays short.
 */
final class SerialTasks {

	private static final Set<StreamState> BEFORE_ATTEMPT = EnumSet.of(StreamState.POLL, StreamState.CONNECTING,
			StreamState.UNREACHABLE, StreamState.AUTH_FAILED, StreamState.DISCONNECTED, StreamState.ALL_RETRIES_FAILED);

	private static final Suspension NONE = () -> {
	};

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	SerialTasks(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Adds a task; what it throws drops the stream's connection, as on the event loop.
	 * @param stream the stream
	 * @param task the task
	 */
	void add(SecureStream stream, Runnable task) {
		enqueue(() -> run(stream, task));
	}

	/**
	 * Adds a task that handles a state. Those that an attempt to connect follows are
	 * handled before it starts, for metadata that is set then is that of the attempt; a
	 * client gets its WebSocket when it is clear whether it may. Whether a source may
	 * join a sink has to be known at once, and nothing has come before that. A stream
	 * whose handler fails at the beginning is closed, as on the event loop.
	 * @param stream the stream
	 * @param state the state
	 * @param task the task
	 */
	void add(SecureStream stream, StreamState state, Runnable task) {
		if (state == StreamState.SINK_JOIN) {
			runOrClose(stream, task);
		}
		else if (state == StreamState.CREATING) {
			Runnable first = () -> runOrClose(stream, task);
			enqueue(stream, first, makesAttempts(stream) ? stream.suspendConnecting() : NONE);
		}
		else if (state == StreamState.SERVER_UPGRADE) {
			addPaused(stream, task);
		}
		else if (BEFORE_ATTEMPT.contains(state) && makesAttempts(stream)) {
			enqueue(stream, task, stream.suspendConnecting());
		}
		else {
			add(stream, task);
		}
	}

	private static boolean makesAttempts(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		return policy == null || policy.role() == StreamPolicy.Role.CLIENT;
	}

	/**
	 * Adds a task during which the stream waits, such as one that handles payload.
	 * @param stream the stream
	 * @param task the task
	 */
	void addPaused(SecureStream stream, Runnable task) {
		enqueue(stream, task, stream.suspendReceiving());
	}

	private void enqueue(SecureStream stream, Runnable task, Suspension suspension) {
		enqueue(() -> {
			run(stream, task);
			suspension.close();
		});
	}

	/**
	 * Adds a task that sends. Its slot goes back when it has run, unused if it has
	 * thrown, unless the task has taken it with it. What the slot was for may have ended
	 * when its turn comes: it takes what is written to it all the same, as one does whose
	 * connection ends a moment later, for handlers count on their calls.
	 * @param stream the stream
	 * @param slot the slot
	 * @param task fills the slot
	 */
	void addWriting(SecureStream stream, ExecutorSlot slot, Consumer<TxSlot> task) {
		add(stream, () -> {
			try {
				task.accept(slot);
				slot.submit();
			}
			finally {
				slot.discard();
			}
		});
	}

	private void enqueue(Runnable task) {
		this.tasks.add(task);
		if (this.waiting.getAndIncrement() == 0) {
			Turn.on(this.executor, this::drain);
		}
	}

	private void drain() {
		do {
			Runnable task = this.tasks.poll();
			if (task != null) {
				task.run();
			}
		}
		while (this.waiting.decrementAndGet() > 0);
	}

	private static void run(SecureStream stream, Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			stream.fail(ex);
		}
	}

	private static void runOrClose(SecureStream stream, Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			stream.fail(ex);
			stream.close();
		}
	}

}
