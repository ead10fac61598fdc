package io.securestreams.transport.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.SecureStreams;
import io.securestreams.engine.stream.StateRules;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.transport.contract.LinkRelay.Death;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The link between a stream and its proxy dies, wherever that may be: after any number of
 * bytes, either way. Nothing hangs, nothing counts as sent that was not, nothing is sent
 * twice that must not be, the stream goes on with the next link, and the proxy keeps
 * nothing of the old one.
 */
@Timeout(240)
class LinkDeathTests {

	/** Deaths either way, beside those at the very start and end. */
	private static final int POINTS = 7;

	/** Who sends the message. */
	private enum Sender {

		/** {@code send()}, a large one. */
		QUEUE(20_000),
		/** The same, who changes his mind as soon as there is a connection. */
		HASTY(20_000),
		/** A handler on the event loop, whose slots are tiny. */
		TINY_SLOTS(300),
		/** A handler that fills its slots later, on another thread. */
		LATE_SLOTS(300);

		private final int length;

		Sender(int length) {
			this.length = length;
		}

	}

	static Stream<Arguments> ways() {
		return Stream.of("h1 POST", "h2 POST", "h1 PUT", "ws", "mqtt", "raw")
			.flatMap((way) -> Arrays.stream(Sender.values()).map((sender) -> Arguments.of(way, sender)));
	}

	private static String protocol(String way) {
		return way.split(" ")[0];
	}

	/** Each life has a streamtype and a peer of its own. */
	private static Policy policy(String way, List<Integer> ports) {
		String more = switch (protocol(way)) {
			case "h1" -> ", \"http_method\": \"%s\", \"http_url\": \"/pay\"".formatted(way.substring(3));
			case "h2" -> ", \"http_method\": \"POST\", \"http_url\": \"/pay\", \"h2_prior_knowledge\": true";
			case "ws" -> ", \"http_url\": \"/\", \"ws_binary\": true";
			case "mqtt" -> ", \"mqtt_topic\": \"t\", \"mqtt_qos\": 1, \"mqtt_clean_start\": true";
			default -> "";
		};
		String types = IntStream.range(0, ports.size()).mapToObj((i) -> """
				{ "mortal%d": { "endpoint": "127.0.0.1", "port": %d, "retry": "quick", "opportunistic": true,
				  "protocol": "%s"%s } }
				""".formatted(i, ports.get(i), protocol(way), more)).collect(Collectors.joining(","));
		return PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 3, "jitterpc": 1 } } ], "s": [ %s ] }
				""".formatted(types), "test").policy();
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("ways")
	void aLinkMayDieAtAnyPoint(String way, Sender sender) throws Exception {
		List<Life> lives = new ArrayList<>();
		for (int i = 0; i <= 2 * (POINTS + 1); i++) {
			lives.add(new Life(way, sender, i));
		}
		try (SecureStreams far = SecureStreams.builder()
			.policy(policy(way, lives.stream().map((life) -> life.peer.port()).toList()))
			.eventLoopThreads(2)
			.socks5(null)
			.build();
				ProxyServer proxy = far.serveProxy(ProxyServerSettings.builder()
					.addresses(List.of(ProxyAddress.parse("tcp:127.0.0.1:0")))
					.build())) {
			int port = ((ProxyAddress.Tcp) proxy.addresses().get(0)).port();
			Life whole = lives.remove(0);
			whole.start(port, Death.NEVER);
			whole.run();
			int next = 0;
			for (boolean up : new boolean[] { true, false }) {
				long most = up ? whole.sentBytes : whole.receivedBytes;
				for (int i = 0; i <= POINTS; i++) {
					lives.get(next++)
						.start(port, new Death(up, (i == 0) ? 1 : Math.max(1, most * i / POINTS - i % 3), i % 2 == 0));
				}
			}
			ExecutorService threads = Executors.newFixedThreadPool(lives.size());
			try {
				List<CompletableFuture<Void>> all = lives.stream()
					.map((life) -> CompletableFuture.runAsync(life, threads))
					.toList();
				for (CompletableFuture<Void> one : all) {
					one.get(120, TimeUnit.SECONDS);
				}
			}
			finally {
				threads.shutdownNow();
			}
			await(() -> proxy.linkCount() == 0 && far.streams().isEmpty());
			assertThat(proxy.links()).isEmpty();
		}
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(40)).until(condition);
	}

	/** One stream, from its beginning to its end. */
	private static final class Life implements StreamHandler, Runnable {

		private final String way;

		private final Sender sender;

		private final CuttingPeer peer;

		private final byte[] first;

		private final byte[] second;

		private final int number;

		private final String tag;

		private final List<String> states = new CopyOnWriteArrayList<>();

		private final List<String> illegal = new CopyOnWriteArrayList<>();

		private final CountDownLatch gone = new CountDownLatch(1);

		private final ExecutorService other = Executors.newSingleThreadExecutor();

		private @Nullable StreamState last;

		private int offset;

		/** The message is complete, or will never be. */
		private volatile boolean over;

		private volatile boolean accepted;

		private @Nullable LinkRelay relay;

		private @Nullable SecureStreams near;

		private @Nullable SecureStream stream;

		long sentBytes;

		long receivedBytes;

		Life(String way, Sender sender, int number) throws IOException {
			this.way = way;
			this.sender = sender;
			this.peer = new CuttingPeer(protocol(way), null, false, sender.length);
			this.first = message(sender, number * 2);
			this.second = message(sender, number * 2 + 1);
			this.number = number;
			this.tag = way + " " + sender + " " + number;
		}

		private static byte[] message(Sender sender, int number) {
			byte[] message = new byte[sender.length];
			Arrays.fill(message, (byte) 'x');
			ByteBuffer.wrap(message).putInt(number);
			return message;
		}

		void start(int port, Death death) throws Exception {
			LinkRelay made = new LinkRelay(port, death);
			this.relay = made;
			this.near = SecureStreams.builder()
				.proxy(ProxyClientSettings.of(ProxyAddress.parse("tcp:127.0.0.1:" + made.port())))
				.eventLoopThreads(1)
				.socks5(null)
				.build();
		}

		@Override
		public void run() {
			try (this.peer; LinkRelay over = this.relay; SecureStreams streams = this.near) {
				SecureStream made = streams.create("mortal" + this.number, this);
				this.stream = made;
				live(made, over);
				made.close();
				assertThat(this.gone.await(30, TimeUnit.SECONDS)).as(toString()).isTrue();
				await(() -> streams.streams().isEmpty());
			}
			catch (RuntimeException | Error ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(toString(), ex);
			}
			finally {
				this.other.shutdownNow();
			}
		}

		private void live(SecureStream made, LinkRelay over) throws Exception {
			if (this.sender.length > 300) {
				try {
					made.send(this.first).toCompletableFuture().get(40, TimeUnit.SECONDS);
					this.accepted = true;
				}
				catch (ExecutionException ex) {
					assertThat(ex.getCause()).as(toString()).isInstanceOf(SecureStreamsException.class);
				}
				if (this.way.equals("mqtt") && this.sender == Sender.QUEUE) {
					await(() -> said("QOS_"));
				}
			}
			else {
				if (this.way.startsWith("h")) {
					made.requestTx(this.first.length);
				}
				else {
					made.requestTx();
				}
				await(() -> this.over);
			}
			boolean answered = this.way.startsWith("h") ? this.accepted : said("QOS_ACK_REMOTE");
			if (answered && !this.way.equals("ws") && !this.way.equals("raw")) {
				assertThat(arrived(this.first)).as(toString()).isPositive();
			}
			this.sentBytes = over.sent.get();
			this.receivedBytes = over.received.get();
			// Whatever became of it, the next one arrives; what was given while the first
			// connection was there may be lost with it, too
			await(() -> {
				int before = over.connections;
				if (arrived(this.second) == 0) {
					try {
						made.send(this.second).toCompletableFuture().get(20, TimeUnit.SECONDS);
					}
					catch (ExecutionException ex) {
						return false;
					}
					if (before > 1) {
						LinkDeathTests.await(() -> arrived(this.second) > 0);
					}
				}
				return arrived(this.second) > 0;
			});
			assertThat(this.illegal).as(toString()).isEmpty();
			if (!this.way.equals("mqtt") && !this.way.endsWith("PUT")) {
				assertThat(arrived(this.first)).as(toString()).isLessThanOrEqualTo(1);
			}
		}

		private boolean said(String start) {
			return this.states.stream().anyMatch((state) -> state.startsWith(start));
		}

		private long arrived(byte[] message) {
			return this.peer.messages.stream().filter((one) -> Arrays.equals(one, message)).count();
		}

		@Override
		public void onState(SecureStream same, StreamState state, long ordinal) {
			this.states.add(state + " " + ordinal);
			if (!StateRules.allows(this.last, state)) {
				this.illegal.add(this.last + " " + state);
			}
			if (state.code() <= StreamState.SERVER_UPGRADE.code()) {
				this.last = state;
			}
			switch (state) {
				case CONNECTING -> this.offset = 0;
				case CONNECTED -> {
					if (this.sender == Sender.HASTY) {
						if (!this.over) {
							this.over = true;
							this.other.execute(same::disconnect);
						}
					}
					else if (this.sender != Sender.QUEUE && !this.over && !this.way.startsWith("h")) {
						same.requestTx();
					}
				}
				case QOS_ACK_REMOTE -> {
					this.accepted = true;
					this.over = true;
				}
				case QOS_NACK_REMOTE, ALL_RETRIES_FAILED -> this.over = true;
				case DESTROYING -> this.gone.countDown();
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream same, TxSlot slot) {
			if (this.over) {
				return;
			}
			if (this.sender == Sender.TINY_SLOTS) {
				fill(same, slot, 3);
				return;
			}
			DetachedSlot late = slot.detach();
			int from = this.offset;
			this.offset = Math.min(this.first.length, from + 100);
			this.other.execute(() -> {
				late.write(this.first, from, Math.min(100, this.first.length - from));
				boolean end = from + 100 >= this.first.length;
				if (end) {
					late.end();
				}
				late.submit();
				if (!end) {
					same.requestTx();
				}
				else if (!this.way.startsWith("h") && !this.way.equals("mqtt")) {
					this.over = true;
				}
			});
		}

		private void fill(SecureStream same, TxSlot slot, int most) {
			int length = Math.min(Math.min(most, slot.capacity()), this.first.length - this.offset);
			slot.write(this.first, this.offset, length);
			this.offset += length;
			if (this.offset == this.first.length) {
				slot.end();
				if (!this.way.startsWith("h") && !this.way.equals("mqtt")) {
					this.over = true;
				}
			}
			else {
				same.requestTx();
			}
		}

		@Override
		public String toString() {
			return this.tag + " " + this.states + " arrived " + arrived(this.first) + " " + arrived(this.second)
					+ ((this.stream != null) ? " " + this.stream.lastFailure() : "");
		}

	}

}
