package io.securestreams.benchmarks;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * How long a GET takes beside one greedy stream on the same event loop: a handler that
 * fills every slot with four bytes and asks for the next one at once, in each protocol
 * and role.
 */
public final class GreedyNeighbours {

	private static final String SITE = """
			{ "s": [
			  { "page": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": 0,
			            "metadata": [ { "path": "" } ] } },
			  { "swallow-raw": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": 0 } },
			  { "swallow-ws": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": 0, "http_url": "x" } }
			] }
			""";

	private static final String CLIENT = """
			{ "s": [
			  { "page": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_method": "GET",
			              "http_url": "page", "opportunistic": true } },
			  { "endless-h1": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_method": "GET",
			              "http_url": "endless" } },
			  { "endless-h2": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h2", "h2_prior_knowledge": true,
			              "http_method": "GET", "http_url": "endless" } },
			  { "h1": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_method": "POST",
			            "http_url": "upload" } },
			  { "h2": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h2", "h2_prior_knowledge": true,
			            "http_method": "POST", "http_url": "upload" } },
			  { "raw": { "endpoint": "127.0.0.1", "port": %2$d, "protocol": "raw" } },
			  { "ws": { "endpoint": "127.0.0.1", "port": %3$d, "protocol": "ws", "http_url": "x" } },
			  { "sink": { "local_sink": true } }
			] }
			""";

	private static final byte[] FEW = { 1, 2, 3, 4 };

	private final SecureStreams site;

	private final String policy;

	private GreedyNeighbours() {
		this.site = engine(SITE);
		this.policy = CLIENT.formatted(port("page", Page::new), port("swallow-raw", Swallow::new),
				port("swallow-ws", Swallow::new));
	}

	/**
	 * Prints the latency of a GET alone and beside each neighbour.
	 * @param args how many GETs each, at least 10
	 * @throws Exception if something fails
	 */
	public static void main(String[] args) throws Exception {
		int gets = Integer.parseInt(args[0]);
		GreedyNeighbours program = new GreedyNeighbours();
		program.measure("warm-up", null, false, 10 * gets);
		program.measure("alone", null, false, gets);
		for (String greedy : List.of("raw", "ws", "h1", "h2", "sink")) {
			program.measure(greedy, greedy, false, gets);
		}
		program.measure("h1 server", "endless-h1", true, gets);
		program.measure("h2 server", "endless-h2", true, gets);
		System.exit(0);
	}

	private static SecureStreams engine(String policy) {
		return SecureStreams.builder()
			.policy(PolicyJson.read(policy, "benchmark").policy())
			.eventLoopThreads(1)
			.build();
	}

	private int port(String streamType, Supplier<StreamHandler> handlers) {
		return ((InetSocketAddress) this.site.listen(streamType, handlers).address()).getPort();
	}

	/**
	 * Measures.
	 * @param name what is printed
	 * @param greedy streamtype of the neighbour, or {@code null}
	 * @param remote whether it only causes a neighbour at the server
	 * @param gets how many
	 */
	private void measure(String name, @Nullable String greedy, boolean remote, int gets) throws Exception {
		try (SecureStreams client = engine(this.policy); SecureStreams other = engine(this.policy)) {
			if (greedy != null) {
				SecureStreams owner = remote ? other : client;
				if (greedy.equals("sink")) {
					owner.registerSink("sink", Swallow::new);
				}
				Greedy neighbour = new Greedy();
				SecureStream stream = owner.create(greedy, neighbour);
				stream.requestTx();
				neighbour.busy.get(10, TimeUnit.SECONDS);
			}
			Get get = new Get();
			SecureStream pages = client.create("page", get);
			List<Long> micros = new ArrayList<>();
			for (int i = 0; i < gets; i++) {
				long start = System.nanoTime();
				get.done = new CompletableFuture<>();
				pages.connect();
				get.done.get(30, TimeUnit.SECONDS);
				micros.add((System.nanoTime() - start) / 1000);
				TimeUnit.MILLISECONDS.sleep(2);
			}
			Collections.sort(micros);
			System.out.printf("%-10s GET: median %7d us, p90 %7d us, longest %7d us%n", name,
					micros.get(micros.size() / 2), micros.get(micros.size() * 9 / 10), micros.get(micros.size() - 1));
		}
	}

	/** Gets a page each time it is asked to connect. */
	private static final class Get implements StreamHandler {

		private volatile CompletableFuture<Void> done = new CompletableFuture<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case DISCONNECTED -> this.done.complete(null);
				case ALL_RETRIES_FAILED -> this.done.completeExceptionally(
						new IllegalStateException(String.valueOf(stream.lastFailure())));
				default -> {
				}
			}
		}

	}

	/** Sends, or receives, without an end. */
	private static final class Greedy implements StreamHandler {

		private final CompletableFuture<Void> busy = new CompletableFuture<>();

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(FEW);
			stream.requestTx();
			this.busy.complete(null);
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.busy.complete(null);
		}

	}

	/** Takes everything. */
	private static final class Swallow implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_UPGRADE) {
				stream.acknowledge();
			}
		}

	}

	/** Answers with a page, or with one that never ends, or takes an upload. */
	private static final class Page implements StreamHandler {

		private boolean endless;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				String path = Objects.requireNonNullElse(stream.metadata().get("path"), "");
				this.endless = path.endsWith("endless");
				if (!path.endsWith("upload")) {
					stream.acknowledge();
					stream.requestTx();
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(FEW);
			if (this.endless) {
				stream.requestTx();
			}
			else {
				slot.end();
			}
		}

	}

}
