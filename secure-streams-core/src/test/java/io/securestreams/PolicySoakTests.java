package io.securestreams;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thousand policies, one after the other, under two hundred streams that never stop.
 */
@Timeout(120)
class PolicySoakTests {

	private static final int STREAMS = 200;

	private static final int SWAPS = 1000;

	/** The noise of a heap in use; a policy kept by each swap would be more. */
	private static final long GROWTH = 4 * 1024 * 1024;

	private static Policy policy(int serverPort, int clientPort, int swap) {
		return PolicyJson
			.read("{\"release\": \"" + swap + "\", \"s\": ["
					+ "{\"site\": {\"server\": true, \"endpoint\": \"127.0.0.1\", \"protocol\": \"h1\", \"port\": "
					+ serverPort + "}}, {\"ask\": {\"endpoint\": \"127.0.0.1\", \"protocol\": \"h1\", \"port\": "
					+ clientPort + ", \"http_url\": \"swap/" + swap
					+ "\"}}, {\"same\": {\"endpoint\": \"127.0.0.1\", \"protocol\": \"h1\", " + "\"port\": "
					+ clientPort + "}}]}", "test")
			.policy();
	}

	@Test
	void noTransactionIsLostAndNothingIsKept() throws Exception {
		try (SecureStreams streams = SecureStreams.builder().policy(policy(0, 1, 0)).eventLoopThreads(2).build()) {
			StreamServer server = streams.listen("site", Site::new);
			int port = ((InetSocketAddress) server.address()).getPort();
			streams.updatePolicy((current) -> policy(0, port, 0));
			AtomicBoolean stop = new AtomicBoolean();
			List<Asking> asking = new ArrayList<>();
			for (int i = 0; i < STREAMS; i++) {
				Asking handler = new Asking(stop);
				streams.create((i % 2 == 0) ? "ask" : "same", handler);
				asking.add(handler);
			}
			List<WeakReference<Policy>> former = new ArrayList<>();
			swap(streams, port, 1, SWAPS / 10, asking, former);
			long before = usedHeap();
			swap(streams, port, SWAPS / 10 + 1, SWAPS, asking, former);
			long after = usedHeap();
			stop.set(true);
			for (Asking each : asking) {
				each.done.get(60, TimeUnit.SECONDS);
			}
			assertThat(asking.stream().map((each) -> each.trouble.get()).filter(Objects::nonNull)).isEmpty();
			assertThat(answers(asking)).isGreaterThanOrEqualTo(SWAPS);
			assertThat(server.address()).isEqualTo(new InetSocketAddress("127.0.0.1", port));
			assertThat(streams.policy().release()).isEqualTo(String.valueOf(SWAPS));
			System.out.printf("%d swaps under %d streams, %d answers, heap %d -> %d KiB%n", SWAPS, STREAMS,
					answers(asking), before / 1024, after / 1024);
			assertThat(after - before).as("growth of the heap").isLessThan(GROWTH);
			assertThat(alive(former)).as("policies still there").isLessThanOrEqualTo(2);
		}
	}

	/** Each swap has traffic before and after it. */
	private static void swap(SecureStreams streams, int port, int first, int last, List<Asking> asking,
			List<WeakReference<Policy>> former) {
		for (int swap = first; swap <= last; swap++) {
			former.add(new WeakReference<>(streams.policy()));
			Policy next = policy(0, port, swap);
			long answers = answers(asking);
			streams.updatePolicy((current) -> next);
			long start = System.nanoTime();
			while (answers(asking) == answers && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30)) {
				LockSupport.parkNanos(100_000);
			}
		}
	}

	private static long answers(List<Asking> asking) {
		return asking.stream().mapToLong((each) -> each.answers.get()).sum();
	}

	private static long usedHeap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return least;
	}

	private static long alive(List<WeakReference<Policy>> former) {
		System.gc();
		return former.stream().filter((policy) -> policy.get() != null).count();
	}

	private static final class Asking implements StreamHandler {

		final AtomicLong answers = new AtomicLong();

		final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

		final CompletableFuture<Void> done = new CompletableFuture<>();

		private final AtomicBoolean stop;

		private boolean answered = true;

		Asking(AtomicBoolean stop) {
			this.stop = stop;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case CREATING -> stream.connect();
				case CONNECTING -> this.answered = false;
				case QOS_ACK_REMOTE -> {
					this.answered = true;
					this.answers.incrementAndGet();
				}
				case DISCONNECTED -> {
					if (!this.answered) {
						this.trouble.set("no answer to the last request");
					}
					if (this.stop.get()) {
						stream.close();
					}
					else {
						stream.connect();
					}
				}
				case QOS_NACK_REMOTE, UNREACHABLE, ALL_RETRIES_FAILED -> {
					this.trouble.set(state + " " + stream.lastFailure());
					stream.close();
				}
				case DESTROYING -> this.done.complete(null);
				default -> {
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.length() > 0 && !payload.text().equals("hello")) {
				this.trouble.set("received " + payload.text());
			}
		}

	}

	private static final class Site implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, "hello".getBytes(StandardCharsets.US_ASCII));
			}
		}

	}

}
