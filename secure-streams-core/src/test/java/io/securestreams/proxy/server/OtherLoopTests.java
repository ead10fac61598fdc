package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The onward connection of a client lives on another event loop than its link, which is
 * behind: what it gives was for a connection that is gone.
 */
@Timeout(60)
class OtherLoopTests {

	@TempDir
	Path directory;

	private final List<Busy> loops = new ArrayList<>();

	private final Map<String, LinkClient> clients = new LinkedHashMap<>();

	private final AtomicReference<@Nullable Thread> onward = new AtomicReference<>();

	private ServerSocket broker;

	/** Of both clients, who share a connection. */
	private BrokerPeer peer;

	private SecureStreams engine;

	private ProxyServer server;

	@BeforeEach
	void start() throws Exception {
		this.broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		this.broker.setSoTimeout(20_000);
		String type = """
				{ "%s": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "mqtt_topic": "t", "mqtt_qos": 1,
				  "mqtt_clean_start": true, "nailed_up": true, "retry": "quick" } },
				""";
		int port = this.broker.getLocalPort();
		this.engine = SecureStreams.builder()
			.policy(PolicyJson.read("""
					{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 9, "jitterpc": 1 } } ], "s": [ %s %s
					  { "idle": { "endpoint": "127.0.0.1", "port": 1, "protocol": "raw" } } ] }
					""".formatted(type.formatted("one", port), type.formatted("two", port)), "test").policy())
			.eventLoopThreads(2)
			.observer((stream, state, ordinal) -> {
				if (!stream.streamType().equals("idle")) {
					this.onward.set(Thread.currentThread());
				}
			})
			.build();
		this.server = this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p"))))
			.build());
		for (String name : List.of("one", "two")) {
			LinkClient client = LinkClient.to(this.server).ask(name);
			this.clients.put(name, client);
		}
		this.peer = new BrokerPeer(this.broker.accept(), false);
		for (LinkClient client : this.clients.values()) {
			client.until("CONNECTED");
		}
	}

	@AfterEach
	void stop() throws IOException {
		this.loops.forEach(Busy::goOn);
		for (LinkClient client : this.clients.values()) {
			client.close();
		}
		this.peer.close();
		this.engine.close();
		this.broker.close();
	}

	/** Finds an event loop: where the onward connections are, or the other one. */
	private Busy loop(boolean ofConnections) {
		Busy found;
		do {
			found = new Busy();
			this.loops.add(found);
			found.stream = this.engine.create("idle", found);
		}
		while ((found.thread.join() == this.onward.get()) != ofConnections);
		return found;
	}

	@Test
	void aMessageThatIsLateForItsConnectionIsRejectedOnTheNext() throws Exception {
		Busy connections = loop(true);
		Busy links = loop(false);
		connections.block();
		for (LinkClient client : this.clients.values()) {
			client.send(LinkClient.message("late"));
		}
		// The links of this event loop cannot be asked
		List<ProxyLinkSnapshot> other = new ArrayList<>();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
			other.clear();
			other.addAll(this.server.links());
			return !other.isEmpty() && other.stream().allMatch((link) -> link.queuedBytes() > 0);
		});
		ProxyLinkSnapshot link = other.get(0);
		links.block();
		connections.goOn();
		connections.pass();
		this.peer.close();
		SecureStream stream = this.engine.streams()
			.stream()
			.filter((each) -> each.id().equals(link.streamId()))
			.findFirst()
			.orElseThrow();
		Awaitility.await().until(() -> stream.state() != StreamState.CONNECTED);
		links.goOn();
		LinkClient client = Objects.requireNonNull(this.clients.get(link.streamType()));
		try (BrokerPeer next = new BrokerPeer(this.broker.accept(), false)) {
			assertThat(client.until("CONNECTED")).startsWith("DISCONNECTED");
			client.send(LinkClient.message("again"));
			assertThat(client.next()).isEqualTo("QOS_NACK_REMOTE");
			next.acknowledge(next.read());
			assertThat(client.next()).isEqualTo("QOS_ACK_REMOTE 1");
		}
	}

	/** A stream whose handler keeps its event loop from everything else. */
	private static final class Busy implements StreamHandler {

		private final CompletableFuture<Thread> thread = new CompletableFuture<>();

		private volatile CountDownLatch entered = new CountDownLatch(1);

		private volatile CountDownLatch left = new CountDownLatch(1);

		private SecureStream stream;

		/** Returns when nothing else happens there. */
		void block() throws InterruptedException {
			this.entered = new CountDownLatch(1);
			this.left = new CountDownLatch(1);
			this.stream.startTimeout(Duration.ofMillis(1));
			this.entered.await();
		}

		void goOn() {
			this.left.countDown();
		}

		/** Returns when what had to be done there has been done. */
		void pass() throws InterruptedException {
			block();
			goOn();
		}

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			if (state == StreamState.CREATING) {
				this.thread.complete(Thread.currentThread());
			}
			else if (state == StreamState.TIMEOUT) {
				CountDownLatch end = this.left;
				this.entered.countDown();
				try {
					end.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
