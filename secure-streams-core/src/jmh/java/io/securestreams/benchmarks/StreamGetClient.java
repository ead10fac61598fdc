package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * The same fetching through streams and their policy.
 */
final class StreamGetClient implements GetClient {

	static final String H1 = "\"protocol\": \"h1\"";

	static final String H2 = "\"protocol\": \"h2\", \"h2_prior_knowledge\": true";

	private static final String POLICY = """
			{ "s": [ { "hello": { "endpoint": "127.0.0.1", "port": %d, %s, "http_method": "GET",
			                      "http_url": "%s", "opportunistic": true } } ] }
			""";

	private final SecureStreams streams;

	private final List<Fetch> fetches = new ArrayList<>();

	StreamGetClient(int port, int connections, String path, String protocol) {
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY.formatted(port, protocol, path), "benchmark").policy())
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
		for (int i = 0; i < connections; i++) {
			Fetch fetch = new Fetch();
			fetch.stream = this.streams.create("hello", fetch);
			this.fetches.add(fetch);
		}
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch latch = new CountDownLatch(this.fetches.size());
		this.fetches.forEach((fetch) -> fetch.begin(requests / this.fetches.size(), latch));
		latch.await();
	}

	@Override
	public void close() {
		this.streams.close();
	}

	private static final class Fetch implements StreamHandler {

		private SecureStream stream;

		private volatile CountDownLatch done = new CountDownLatch(0);

		private volatile int requested;

		private int remaining;

		private long bytes;

		void begin(int requests, CountDownLatch latch) {
			this.requested = requests;
			this.done = latch;
			this.stream.connect();
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
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

	}

}
