package io.securestreams.spring.handler;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.observe.EventLoopThread;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers on an executor that send by slots, at both ends of each protocol.
 */
@Timeout(60)
class ExecutorSlotsTests {

	private static final int PIECE = 701;

	private static final String MESSAGE = "0123456789abcdef".repeat(6000);

	private final ExecutorService executor = Executors.newFixedThreadPool(8);

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	@AfterEach
	void stop() {
		this.executor.shutdown();
	}

	@ParameterizedTest
	@CsvSource({ "h1", "h2", "ws", "raw" })
	void whatIsWrittenOnTheExecutorArrivesWholeAndCallbacksNeverOverlap(String protocol) throws Exception {
		try (SecureStreams servers = engine(policy(protocol, 0, true))) {
			StreamServer server = servers.listen("server", () -> offLoop(new Answering(protocol)));
			int port = ((InetSocketAddress) server.address()).getPort();
			try (SecureStreams clients = engine(policy(protocol, port, false))) {
				for (int i = 0; i < 5; i++) {
					Asking asking = new Asking(protocol);
					clients.create("client", offLoop(asking));
					assertThat(asking.answer.get(20, TimeUnit.SECONDS)).isEqualTo(MESSAGE);
				}
				Awaitility.await().until(() -> clients.streams().isEmpty());
			}
			Awaitility.await().until(() -> servers.streams().isEmpty());
		}
		assertThat(this.faults).isEmpty();
	}

	private static SecureStreams engine(Policy policy) {
		return SecureStreams.builder().policy(policy).eventLoopThreads(2).build();
	}

	private StreamHandler offLoop(StreamHandler handler) {
		return StreamHandlerAdapter
			.of(StreamHandler.class, StreamHandler.class, new StreamHandlerAdapter.Options(this.executor, 1, null))
			.adapt(handler, null);
	}

	private static Policy policy(String protocol, int port, boolean serving) {
		String streamType = serving ? "\"server\": { \"server\": true, \"endpoint\": \"127.0.0.1\""
				: "\"client\": { \"endpoint\": \"127.0.0.1\", \"h2_prior_knowledge\": %b"
					.formatted(protocol.equals("h2"));
		String http = switch (protocol) {
			case "raw" -> "";
			case "ws" -> ", \"http_url\": \"/\"";
			default -> serving ? ", \"http_url\": \"/\"" : ", \"http_method\": \"POST\", \"http_url\": \"/\"";
		};
		String text = "{ \"s\": [ { %s, \"protocol\": \"%s\", \"port\": %d%s } } ] }".formatted(streamType, protocol,
				port, http);
		return PolicyJson.read(text.getBytes(StandardCharsets.UTF_8), "test").policy();
	}

	/** Sees what both ends have in common: one message each way, and nothing overlaps. */
	private abstract class End implements StreamHandler {

		final boolean raw;

		final ByteBuf received = Unpooled.buffer();

		private final AtomicInteger inside = new AtomicInteger();

		private int sent;

		End(String protocol) {
			this.raw = protocol.equals("raw");
		}

		abstract void state(SecureStream stream, StreamState state);

		abstract void complete(SecureStream stream);

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			alone(() -> {
				state(stream, state);
				return true;
			});
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			alone(() -> {
				this.received.writeBytes(payload.content());
				if (payload.isEnd() || (this.raw && this.received.readableBytes() == MESSAGE.length())) {
					complete(stream);
				}
				return true;
			});
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			alone(() -> {
				int length = Math.min(PIECE, Math.min(slot.capacity(), MESSAGE.length() - this.sent));
				slot.write(MESSAGE.substring(this.sent, this.sent + length));
				this.sent += length;
				if (this.sent == MESSAGE.length() && !this.raw) {
					slot.end();
				}
				if (this.sent < MESSAGE.length()) {
					stream.requestTx();
				}
				return length > 0;
			});
		}

		final void begin() {
			this.received.clear();
			this.sent = 0;
		}

		private void alone(BooleanSupplier callback) {
			if (this.inside.getAndIncrement() != 0) {
				ExecutorSlotsTests.this.faults.add("overlapping callbacks");
			}
			if (EventLoopThread.isCurrent()) {
				ExecutorSlotsTests.this.faults.add("called on " + Thread.currentThread());
			}
			if (!callback.getAsBoolean()) {
				ExecutorSlotsTests.this.faults.add("a slot too many");
			}
			this.inside.decrementAndGet();
		}

	}

	private final class Asking extends End {

		final CompletableFuture<String> answer = new CompletableFuture<>();

		Asking(String protocol) {
			super(protocol);
		}

		@Override
		void state(SecureStream stream, StreamState state) {
			if (state == StreamState.CREATING) {
				stream.startTimeout(Duration.ofSeconds(30));
				stream.requestTx(MESSAGE.length());
			}
			else if (state == StreamState.UNREACHABLE || state == StreamState.TIMEOUT) {
				this.answer.completeExceptionally(new IllegalStateException(state + ": " + stream.lastFailure()));
			}
		}

		@Override
		void complete(SecureStream stream) {
			this.answer.complete(this.received.toString(StandardCharsets.UTF_8));
			stream.close();
		}

	}

	private final class Answering extends End {

		Answering(String protocol) {
			super(protocol);
		}

		@Override
		void state(SecureStream stream, StreamState state) {
			if (state == StreamState.SERVER_TXN) {
				begin();
			}
		}

		@Override
		void complete(SecureStream stream) {
			if (!this.received.toString(StandardCharsets.UTF_8).equals(MESSAGE)) {
				ExecutorSlotsTests.this.faults.add("received " + this.received.readableBytes() + " bytes");
			}
			stream.requestTx(MESSAGE.length());
			stream.acknowledge();
		}

	}

}
