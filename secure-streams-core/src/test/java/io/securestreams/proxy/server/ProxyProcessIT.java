package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.contract.Program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Proxies in processes of their own: with little memory, killed, behind HAProxy, and
 * reached through microsocks.
 */
@Timeout(180)
class ProxyProcessIT {

	private static final int SIZE = 50 * 1024 * 1024;

	private static final int STREAMS = 100;

	@TempDir
	Path directory;

	private static HttpServer bulk(MessageDigest digest) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, SIZE);
			Random random = new Random(7);
			byte[] block = new byte[65536];
			for (int left = SIZE; left > 0; left -= block.length) {
				random.nextBytes(block);
				digest.update(block);
				exchange.getResponseBody().write(block);
			}
			exchange.close();
		});
		server.start();
		return server;
	}

	@Test
	void aSlowReaderOf50MebibytesCostsTheProxyNothing() throws Exception {
		MessageDigest sent = MessageDigest.getInstance("SHA-256");
		HttpServer source = bulk(sent);
		String policy = """
				{ "s": [ { "bulk": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "opportunistic": true,
				  "proxy_buflen": 65536, "proxy_buflen_rxflow_on_above": 24000, "proxy_buflen_rxflow_off_below": 8000 } } ] }
				"""
			.formatted(source.getAddress().getPort());
		ProxyAddress address = ProxyAddress.parse("unix:" + this.directory.resolve("p"));
		try (ProxyProcess proxy = ProxyProcess.start(this.directory, policy, address.toString(), "-Xmx64m",
				"-XX:MaxDirectMemorySize=32m"); LinkClient client = LinkClient.to(address).ask("bulk")) {
			client.send(OnwardConnect.INSTANCE);
			client.until("CONNECTED");
			MessageDigest received = MessageDigest.getInstance("SHA-256");
			int total = 0;
			int engaged = 0;
			List<Long> heaps = new ArrayList<>();
			while (total < SIZE) {
				if (total / (5 * 1024 * 1024) >= engaged && SIZE - total > 4 * 1024 * 1024) {
					// Nobody reads: the peer is held back, and what waits stays as it is
					await().atMost(30, TimeUnit.SECONDS).until(() -> proxy.report().paused() == 1);
					ProxyProcess.Report report = proxy.report();
					// The policy's bytes, what was read at once and the heads of its
					// frames
					assertThat(report.unread()).isLessThan(24_000 + 65_536 + 4_096);
					heaps.add(report.heap());
					engaged++;
				}
				assertThat(client.read()).isTrue();
				int length = client.received.readableBytes();
				received.update(client.received.nioBuffer());
				client.received.clear();
				total += length;
			}
			client.until("DISCONNECTED");
			assertThat(total).isEqualTo(SIZE);
			assertThat(HexFormat.of().formatHex(received.digest())).isEqualTo(HexFormat.of().formatHex(sent.digest()));
			assertThat(engaged).isGreaterThanOrEqualTo(9);
			assertThat(heaps.get(heaps.size() - 1) - heaps.get(1)).isLessThan(4L * 1024 * 1024);
			await().atMost(30, TimeUnit.SECONDS).until(() -> proxy.report().paused() == 0);
		}
		finally {
			source.stop(0);
		}
	}

	@Test
	void linksAreLightWhenIdle() throws Exception {
		String policy = "{ \"s\": [ { \"ws\": { \"endpoint\": \"127.0.0.1\", \"port\": 1, \"protocol\": \"ws\" } } ] }";
		ProxyAddress address = ProxyAddress.parse("unix:" + this.directory.resolve("p"));
		List<LinkClient> clients = new ArrayList<>();
		try (ProxyProcess proxy = ProxyProcess.start(this.directory, policy, address.toString(), "-Xmx64m")) {
			for (int i = 0; i < STREAMS; i++) {
				clients.add(LinkClient.to(address).ask("ws"));
				assertThat(clients.get(i).next()).isEqualTo("created ws");
			}
			ProxyProcess.Report report = proxy.report();
			assertThat(report.links()).isEqualTo(STREAMS);
			assertThat(report.heap() + report.direct()).isLessThan(64L * 1024 * 1024);
			System.out.println("FIGURE idle proxy of " + STREAMS + " links: " + report);
		}
		finally {
			for (LinkClient client : clients) {
				client.close();
			}
		}
	}

	/** Sends on every connection, and counts what comes back. */
	private static final class Counter implements StreamHandler {

		final AtomicInteger echoes = new AtomicInteger();

		final Queue<String> states = new ConcurrentLinkedQueue<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state.name());
			if (state == StreamState.CONNECTED) {
				stream.send("x".getBytes(StandardCharsets.UTF_8));
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.echoes.addAndGet(payload.length());
		}

	}

	private static SecureStreams echo() {
		return SecureStreams.builder().policy(PolicyJson.read("""
				{ "s": [ { "echo": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "ws" } } ] }
				""", "test").policy()).build();
	}

	private static String policy(SecureStreams site) {
		int port = ((InetSocketAddress) site.listen("echo", () -> new StreamHandler() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				stream.send(payload.toByteArray());
			}
		}).address()).getPort();
		return """
				{ "retry": [ { "quick": { "backoff": [ 100 ], "conceal": 65535 } } ],
				  "s": [ { "echo": { "endpoint": "127.0.0.1", "port": %d, "protocol": "ws", "retry": "quick" } } ] }
				""".formatted(port);
	}

	@Test
	void streamsOfAKilledProxyGoToTheOtherBehindHaproxy() throws Exception {
		String haproxy = Program.find("haproxy");
		Assumptions.assumeTrue(haproxy != null, "haproxy is not installed");
		int front = Program.freePort();
		int one = Program.freePort();
		int two = Program.freePort();
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"), """
				defaults
					mode tcp
					timeout connect 2s
					timeout client 1h
					timeout server 1h
				frontend streams
					bind 127.0.0.1:%d
					default_backend proxies
				backend proxies
					balance roundrobin
					option redispatch
					server one 127.0.0.1:%d check inter 200 fall 1 on-marked-down shutdown-sessions
					server two 127.0.0.1:%d check inter 200 fall 1 on-marked-down shutdown-sessions
				""".formatted(front, one, two));
		try (SecureStreams site = echo()) {
			String policy = policy(site);
			try (ProxyProcess first = ProxyProcess.start(this.directory, policy, "tcp:127.0.0.1:" + one);
					ProxyProcess second = ProxyProcess.start(this.directory, policy, "tcp:127.0.0.1:" + two);
					Program balancer = Program
						.start(this.directory.resolve("haproxy.log"),
								List.of(haproxy, "-db", "-f", configuration.toString()))
						.listening(front);
					SecureStreams near = SecureStreams.builder()
						.socks5(null)
						.proxy(ProxyClientSettings.of(ProxyAddress.parse("tcp:127.0.0.1:" + front)))
						.build()) {
				List<Counter> counters = new ArrayList<>();
				for (int i = 0; i < STREAMS; i++) {
					Counter counter = new Counter();
					counters.add(counter);
					near.create("echo", counter).connect();
				}
				await().atMost(60, TimeUnit.SECONDS)
					.until(() -> counters.stream().allMatch((each) -> each.echoes.get() == 1));
				int lost = first.report().links();
				assertThat(lost).isBetween(20, 80);
				first.kill();
				await().atMost(60, TimeUnit.SECONDS)
					.until(() -> counters.stream().mapToInt((each) -> each.echoes.get()).sum() == STREAMS + lost);
				assertThat(second.report().links()).isBetween(STREAMS, STREAMS + 5);
				assertThat(balancer.isAlive()).isTrue();
				for (Counter counter : counters) {
					List<String> states = counter.states.stream().filter((state) -> !state.equals("POLL")).toList();
					if (counter.echoes.get() == 1) {
						assertThat(states).containsExactly("CREATING", "CONNECTING", "CONNECTED");
					}
					else {
						assertThat(states).containsSubsequence("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED",
								"CONNECTING", "CONNECTED");
						assertThat(states).doesNotContain("DESTROYING", "ALL_RETRIES_FAILED");
					}
				}
			}
		}
	}

	@Test
	void microsocksIsOnTheWay() throws Exception {
		String microsocks = Program.find("microsocks");
		Assumptions.assumeTrue(microsocks != null, "microsocks is not installed");
		int socks = Program.freePort();
		int port = Program.freePort();
		try (SecureStreams site = echo();
				ProxyProcess proxy = ProxyProcess.start(this.directory, policy(site), "tcp:127.0.0.1:" + port);
				Program way = Program
					.start(this.directory.resolve("socks.log"),
							List.of(microsocks, "-i", "127.0.0.1", "-p", Integer.toString(socks)))
					.listening(socks);
				SecureStreams near = SecureStreams.builder()
					.proxy(ProxyClientSettings.of(ProxyAddress.parse("tcp:127.0.0.1:" + port))
						.withSocks5(Socks5Proxy.parse("127.0.0.1:" + socks)))
					.build()) {
			Counter counter = new Counter();
			near.create("echo", counter).connect();
			await().atMost(30, TimeUnit.SECONDS).until(() -> counter.echoes.get() == 1);
			assertThat(proxy.report().links()).isOne();
			assertThat(way.log()).contains("connected to 127.0.0.1:" + port);
		}
	}

}
