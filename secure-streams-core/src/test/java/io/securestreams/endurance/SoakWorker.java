package io.securestreams.endurance;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

import io.securestreams.SecureStreams;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Sends messages over one stream after the other, compares what comes back, and gives up
 * some of them half way.
 */
final class SoakWorker implements StreamHandler, Runnable {

	/** A message that has not ended by then, one way or the other, hangs. */
	private static final int HANGS_AFTER_SECONDS = 30;

	private final SecureStreams streams;

	private final String streamType;

	private final Figures figures;

	private final SplittableRandom random;

	private final long end;

	private final boolean transactions;

	private volatile Exchange exchange = new Exchange("", new byte[0]);

	SoakWorker(SecureStreams streams, String streamType, Figures figures, SplittableRandom random, long end) {
		this.streams = streams;
		this.streamType = streamType;
		this.figures = figures;
		this.random = random;
		this.end = end;
		this.transactions = streamType.startsWith("h");
	}

	@Override
	public void run() {
		try {
			while (System.nanoTime() - this.end < 0) {
				try (SecureStreamScope scope = new SecureStreamScope(this.streams.create(this.streamType, this))) {
					for (int i = this.random.nextInt(1, 50); i > 0 && System.nanoTime() - this.end < 0; i--) {
						if (!exchange(scope.stream())) {
							break;
						}
					}
				}
			}
		}
		catch (InterruptedException | RuntimeException ex) {
			this.figures.problems.add(this.streamType + ": " + ex);
		}
	}

	/** Whether the stream may go on. */
	private boolean exchange(SecureStream stream) throws InterruptedException {
		byte[] message = new byte[this.random.nextInt(1, (this.random.nextInt(20) == 0) ? 200_000 : 4000)];
		this.random.nextBytes(message);
		message[0] = (this.random.nextInt(100) == 0) ? EchoSite.SILENT : (byte) 'E';
		Exchange exchange = new Exchange(stream.id(), message);
		this.exchange = exchange;
		stream.startTimeout(Duration.ofSeconds(5));
		CompletableFuture<Long> sent = stream.send(message).toCompletableFuture();
		boolean cancelled = this.random.nextInt(12) == 0;
		if (cancelled) {
			TimeUnit.MICROSECONDS.sleep(this.random.nextInt(3000));
			stream.disconnect();
			// What had not begun waits for the next connection, so this stream ends
			stream.close();
		}
		String outcome = await(sent);
		if (outcome.isEmpty()) {
			outcome = await(exchange.outcome);
		}
		stream.cancelTimeout();
		if (outcome.equals("hung")) {
			this.figures.hung.increment();
			this.figures.problems.add(this.streamType + " hangs: " + stream.snapshot());
			return false;
		}
		if (outcome.equals("wrong")) {
			this.figures.problems.add(this.streamType + ": another body came back");
			this.figures.wrong.increment();
			return false;
		}
		(outcome.isEmpty() ? this.figures.completed : cancelled ? this.figures.cancelled : this.figures.failed)
			.increment();
		return outcome.isEmpty() && !cancelled;
	}

	private static String await(CompletableFuture<?> future) throws InterruptedException {
		try {
			return (future.get(HANGS_AFTER_SECONDS, TimeUnit.SECONDS) instanceof String outcome) ? outcome : "";
		}
		catch (ExecutionException ex) {
			return "failed";
		}
		catch (TimeoutException ex) {
			return "hung";
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		Exchange current = this.exchange;
		if (!current.stream.equals(stream.id())) {
			return;
		}
		switch (state) {
			case TIMEOUT -> stream.close();
			case DISCONNECTED, ALL_RETRIES_FAILED, DESTROYING -> {
				// A transaction that is over, or that is tried again, is told by its
				// future
				if (!this.transactions || state == StreamState.DESTROYING) {
					current.outcome.complete("failed");
				}
			}
			default -> {
			}
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		Exchange current = this.exchange;
		if (current.stream.equals(stream.id())) {
			current.received(payload);
		}
	}

	/** One message and what came back. */
	private static final class Exchange {

		final CompletableFuture<String> outcome = new CompletableFuture<>();

		/** Of which stream; one that has been given up may still have its say. */
		private final String stream;

		private final byte[] expected;

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		Exchange(String stream, byte[] expected) {
			this.stream = stream;
			this.expected = expected;
		}

		void received(Payload payload) {
			this.received.writeBytes(payload.toByteArray());
			int size = this.received.size();
			if (size >= this.expected.length && this.expected.length > 0) {
				this.outcome.complete(Arrays.equals(this.received.toByteArray(), this.expected) ? "" : "wrong");
			}
			else if (!ByteBuffer.wrap(this.expected, 0, size).equals(ByteBuffer.wrap(this.received.toByteArray()))) {
				this.outcome.complete("wrong");
			}
		}

	}

	private record SecureStreamScope(SecureStream stream) implements AutoCloseable {

		@Override
		public void close() {
			this.stream.close();
		}

	}

	/** What all workers of one streamtype have done. */
	static final class Figures {

		final LongAdder completed = new LongAdder();

		final LongAdder failed = new LongAdder();

		final LongAdder cancelled = new LongAdder();

		final LongAdder wrong = new LongAdder();

		final LongAdder hung = new LongAdder();

		final Queue<String> problems = new ConcurrentLinkedQueue<>();

		@Override
		public String toString() {
			return "%s completed, %s failed, %s cancelled, %s wrong, %s hung".formatted(this.completed, this.failed,
					this.cancelled, this.wrong, this.hung);
		}

	}

}
