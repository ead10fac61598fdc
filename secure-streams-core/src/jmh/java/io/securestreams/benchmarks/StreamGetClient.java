package io.securestreams.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * The same fetching through a stream and its policy.
 */
final class StreamGetClient implements GetClient, StreamHandler {

	private static final String POLICY = """
			{ "s": [ { "hello": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "GET",
			                      "http_url": "hello", "opportunistic": true } } ] }
			""";

	private final CompletableFuture<Long> thread = new CompletableFuture<>();

	private final SecureStreams streams;

	private final SecureStream stream;

	private volatile CountDownLatch done = new CountDownLatch(0);

	private volatile int requested;

	private int remaining;

	private long bytes;

	StreamGetClient(int port) {
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY.formatted(port), "benchmark").policy())
			.eventLoopThreads(1)
			.transport("nio")
			.build();
		this.stream = this.streams.create("hello", this);
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch latch = new CountDownLatch(1);
		this.requested = requests;
		this.done = latch;
		this.stream.connect();
		latch.await();
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> this.thread.complete(Thread.currentThread().getId());
			case DISCONNECTED -> {
				if (this.remaining == 0) {
					this.remaining = this.requested;
				}
				if (--this.remaining > 0) {
					stream.connect();
				}
				else {
					this.done.countDown();
				}
			}
			case ALL_RETRIES_FAILED -> throw new IllegalStateException("failed: " + stream.lastFailure());
			default -> {
			}
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.bytes += payload.length();
	}

	@Override
	public long threadId() {
		return this.thread.join();
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
