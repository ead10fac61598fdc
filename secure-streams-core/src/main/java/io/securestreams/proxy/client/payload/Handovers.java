package io.securestreams.proxy.client.payload;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure;

/**
 * Messages of {@code send()} that have been handed to a proxy of libwebsockets, which
 * says neither whether it has them nor whether there will be an answer, and drops the
 * link if it is sent more than it can keep. They count as sent once they are answered, or
 * after a while in which the link has lasted. Inside the stream's context.
 */
public final class Handovers {

	/** So long after a message the link has to last. */
	public static final long SETTLE_MILLIS = 2000;

	/**
	 * So many bytes in that time any proxy can keep: a part of what is its limit unless
	 * policies say more.
	 */
	static final int SAFE_BYTES = 8 * 1024;

	/** What a proxy keeps beside the bytes of a frame. */
	private static final int OVERHEAD = 64;

	/** Of more the oldest counts as sent. */
	private static final int MAX = 1024;

	private final StreamExecutor executor;

	private final Consumer<Runnable> context;

	private final Runnable released;

	/** Emptied by another thread when the loop is gone. */
	private final Queue<Handover> waiting = new ConcurrentLinkedQueue<>();

	private int count;

	private StreamExecutor.@Nullable Timer timer;

	/** A message has been left without an answer, and others need not wait for theirs. */
	private boolean unanswered;

	private long bytes;

	private long bytesSince;

	/**
	 * Makes none.
	 * @param executor where the stream lives
	 * @param context runs what is due inside the stream's context
	 * @param released called when something counts as sent, and others may follow
	 */
	public Handovers(StreamExecutor executor, Consumer<Runnable> context, Runnable released) {
		this.executor = executor;
		this.context = context;
		this.released = released;
	}

	/**
	 * A frame has been handed over.
	 * @param length bytes of its payload
	 */
	public void wrote(int length) {
		long now = this.executor.nanoTime();
		if (now - this.bytesSince > TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS)) {
			this.bytesSince = now;
			this.bytes = 0;
		}
		this.bytes += OVERHEAD + length;
	}

	/**
	 * A message has been handed over whole.
	 * @param sent to be completed
	 * @param ordinal with that
	 * @return {@code false} if it counts as sent at once
	 */
	public boolean take(CompletableFuture<Long> sent, long ordinal) {
		boolean risky = this.bytes > SAFE_BYTES;
		if (this.unanswered && !risky && this.waiting.isEmpty()) {
			return false;
		}
		this.waiting.add(new Handover(sent, ordinal, risky, this.executor.nanoTime()));
		if (++this.count > MAX) {
			this.count--;
			this.waiting.remove().arrived();
		}
		if (this.timer == null) {
			this.timer = this.executor.schedule(this::settled, SETTLE_MILLIS);
		}
		return true;
	}

	/**
	 * Whether another message has to wait: it may be a transaction that is under way, and
	 * there is one for each message.
	 * @return {@code true} until it counts as sent
	 */
	public boolean isWaiting() {
		return !this.unanswered && !this.waiting.isEmpty();
	}

	/**
	 * A message has been answered, and with it those before.
	 * @param ordinal its number
	 */
	public void answered(long ordinal) {
		release((handover) -> handover.ordinal - ordinal <= 0);
	}

	/** The peer has sent something: it can be reached, and has what is not much. */
	public void heard() {
		release((handover) -> !handover.risky);
	}

	private void settled() {
		this.timer = null;
		this.unanswered = true;
		long latest = this.executor.nanoTime() - TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
		this.context.accept(() -> release((handover) -> handover.since - latest <= 0));
		Handover next = this.waiting.peek();
		if (next != null && this.timer == null) {
			long age = TimeUnit.NANOSECONDS.toMillis(this.executor.nanoTime() - next.since);
			this.timer = this.executor.schedule(this::settled, Math.max(1, SETTLE_MILLIS - age));
		}
	}

	private void release(Predicate<Handover> which) {
		List<Handover> arrived = new ArrayList<>(0);
		Handover next = this.waiting.peek();
		while (next != null && which.test(next)) {
			arrived.add(this.waiting.remove());
			this.count--;
			next = this.waiting.peek();
		}
		if (!arrived.isEmpty()) {
			stopTimerIfIdle();
			this.released.run();
			arrived.forEach(Handover::arrived);
		}
	}

	private void stopTimerIfIdle() {
		StreamExecutor.Timer running = this.timer;
		if (running != null && this.waiting.isEmpty()) {
			this.timer = null;
			running.cancel();
		}
	}

	/**
	 * The connection is gone, and nobody knows what it took with it.
	 * @param failure why
	 */
	public void lost(@Nullable StreamFailure failure) {
		this.bytes = 0;
		if (!this.waiting.isEmpty()) {
			fail(new SendFailedException("handed to the proxy, which may have lost it: " + failure, failure));
			this.count = 0;
			stopTimerIfIdle();
		}
	}

	/**
	 * The stream is gone. From any thread once the event loop is gone, too.
	 * @param id the stream's
	 */
	public void close(String id) {
		if (!this.waiting.isEmpty()) {
			fail(new StreamClosedException("stream " + id + " is gone"));
			stopTimerIfIdle();
		}
	}

	private void fail(SecureStreamsException failure) {
		@Nullable Handover next = this.waiting.poll();
		while (next != null) {
			next.sent.completeExceptionally(failure);
			next = this.waiting.poll();
		}
	}

	private record Handover(CompletableFuture<Long> sent, long ordinal, boolean risky, long since) {

		void arrived() {
			this.sent.complete(this.ordinal);
		}

	}

}
