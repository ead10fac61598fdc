package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.SecureStreams;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.JdkPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code ws_prioritize_reads}: two messages that arrive together, each of which the
 * application answers.
 */
class PrioritizeReadsTests {

	private final List<String> order = new ArrayList<>();

	private WebSocketConnection connection;

	@Test
	void servesSlotsAsSoonAsTheyAreWanted() {
		run(Policies.client());
		assertThat(this.order).containsExactly("received one", "slot", "received two", "slot");
	}

	@Test
	void readsEverythingThatHasArrivedFirst() {
		run(Policies.client().prioritizeReads());
		assertThat(this.order).containsExactly("received one", "received two", "slot");
	}

	@Test
	@Timeout(60)
	void aHandlerThatAlwaysWantsASlotDoesNotGetOneWhileThereIsSomethingToRead() throws Exception {
		Greedy greedy = new Greedy();
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			// What has been sent has arrived
			socket.setTcpNoDelay(true);
			ServerScript script = ServerScript.open(socket);
			// The client is sending by now
			script.read();
			byte[] message = ServerScript.text("0123456789");
			for (int i = 0; i < Greedy.MESSAGES; i++) {
				script.write(message);
			}
			greedy.allSent.countDown();
			script.drain();
		}); SecureStreams streams = SecureStreams.builder().policy(PolicyJson.read("""
				{ "s": [ { "greedy": { "endpoint": "127.0.0.1", "port": %d, "protocol": "ws", "http_url": "x",
				                       "ws_prioritize_reads": true } } ] }
				""".formatted(peer.port()), "test").policy()).eventLoopThreads(1).build()) {
			streams.create("greedy", greedy).connect();
			assertThat(greedy.slotsMeanwhile.get(50, TimeUnit.SECONDS)).as("slots while there were messages")
				.isLessThan(10);
			assertThat(greedy.slotsAfterwards.await(50, TimeUnit.SECONDS)).as("slots once there were none").isTrue();
		}
	}

	@Test
	void writingIsNotPutOffForEver() {
		ReadPriority priority = new ReadPriority(true);
		int slots = 0;
		for (int look = 0; look < 10 * ReadPriority.MAX_LOOKS; look++) {
			priority.arrived();
			slots += priority.slots(256);
		}
		assertThat(slots).isEqualTo(10);
	}

	private void run(Policies policy) {
		ManualExecutor executor = new ManualExecutor();
		StreamDouble link = new StreamDouble(executor, policy.build(), new Address.Host("localhost", 1)) {

			@Override
			public void received(ByteBuf payload, int flags) {
				assertThat(flags).isEqualTo(PayloadFlags.SOM | PayloadFlags.EOM);
				PrioritizeReadsTests.this.order.add("received " + payload.toString(StandardCharsets.UTF_8));
				PrioritizeReadsTests.this.connection.requestWrite();
			}

			@Override
			public void writable(int capacity) {
				PrioritizeReadsTests.this.order.add("slot");
			}

		};
		WebSocketOptions options = ((WebSocketPolicy) policy.build().protocol()).options();
		EmbeddedChannel channel = new EmbeddedChannel();
		this.connection = new SocketCarrier(channel, false).open((carrier) -> new WebSocketConnection(new Owner(), link,
				carrier, false, options, null, WebSocketLimits.DEFAULTS));
		executor.inside(() -> this.connection.start(false, false, false));
		// As a read turn does it: two buffers, then the end
		executor.inside(() -> {
			channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(ServerScript.frame(0x81, "one")));
			channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(ServerScript.frame(0x81, "two")));
			channel.pipeline().fireChannelReadComplete();
		});
		executor.inside(channel::finishAndReleaseAll);
	}

	/** Always wants to send, and gets messages that have all arrived when it looks. */
	private static final class Greedy implements StreamHandler {

		static final int MESSAGES = 1000;

		final CountDownLatch allSent = new CountDownLatch(1);

		final CompletableFuture<Integer> slotsMeanwhile = new CompletableFuture<>();

		final CountDownLatch slotsAfterwards = new CountDownLatch(100);

		private int received;

		private int slots;

		private int slotsBefore;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CONNECTED) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			this.slots++;
			slot.write("slot").end();
			stream.requestTx();
			if (this.slotsMeanwhile.isDone()) {
				this.slotsAfterwards.countDown();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (this.received++ == 0) {
				awaitAll();
				this.slotsBefore = this.slots;
			}
			if (this.received == MESSAGES) {
				this.slotsMeanwhile.complete(this.slots - this.slotsBefore);
			}
		}

		private void awaitAll() {
			try {
				this.allSent.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private static final class Owner extends WebSocketTransport {

		@Override
		protected void abandon() {
		}

	}

}
