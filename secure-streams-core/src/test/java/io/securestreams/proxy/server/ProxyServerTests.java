package io.securestreams.proxy.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client's streams are fulfilled.
 */
@Timeout(60)
class ProxyServerTests {

	@TempDir
	Path directory;

	private Site site;

	private SecureStreams engine;

	private ProxyServer server;

	@BeforeEach
	void start() throws Exception {
		this.site = new Site();
		this.engine = SecureStreams.builder().policy(this.site.policy()).eventLoopThreads(2).build();
		this.server = this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p")),
					ProxyAddress.parse("tcp:127.0.0.1:0")))
			.build());
	}

	@AfterEach
	void stop() {
		this.site.close();
		this.engine.close();
	}

	@Test
	void aPageIsFetched() throws Exception {
		for (ProxyAddress address : this.server.addresses()) {
			try (LinkClient client = LinkClient.to(address).ask("get")) {
				assertThat(client.next(2)).containsExactly("created get", "CREATING");
				for (int round = 0; round < 2; round++) {
					client.send(new MetadataItem("ask", "why".getBytes(StandardCharsets.UTF_8)),
							OnwardConnect.INSTANCE);
					assertThat(client.until("DISCONNECTED")).containsExactly("CONNECTING", "srv=sss-test",
							"test=metavalue", "echoed=why", "CONNECTED", "QOS_ACK_REMOTE", "DISCONNECTED");
					assertThat(client.text(26)).isEqualTo("hello from the test server");
				}
				assertThat(client.flags).hasSize(2).containsOnly(PayloadFlag.SOM | PayloadFlag.EOM);
			}
		}
		waitUntil(() -> this.engine.streams().isEmpty());
	}

	@Test
	void aBodyIsPosted() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("post")) {
			client.send(new LengthHint(5), OnwardConnect.INSTANCE);
			assertThat(client.until("CONNECTED")).containsExactly("created post", "CREATING", "POLL", "CONNECTING",
					"CONNECTED");
			client.send(LinkClient.payload(PayloadFlag.SOM, "hel".getBytes(StandardCharsets.UTF_8)),
					LinkClient.payload(PayloadFlag.EOM, "lo".getBytes(StandardCharsets.UTF_8)));
			assertThat(client.until("DISCONNECTED")).endsWith("QOS_ACK_REMOTE 1", "DISCONNECTED");
			assertThat(client.text(11)).isEqualTo("got 5 bytes");
		}
	}

	@Test
	void aBodyMayBeLargerThanTheBufferAndComeInOneFrame() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("post")) {
			client.send(new LengthHint(1_000_000), OnwardConnect.INSTANCE);
			client.until("CONNECTED");
			for (int i = 0; i < 20; i++) {
				int flags = ((i == 0) ? PayloadFlag.SOM : 0) | ((i == 19) ? PayloadFlag.EOM : 0);
				client.send(LinkClient.payload(flags, new byte[50_000]));
			}
			client.until("DISCONNECTED");
			assertThat(client.text(17)).isEqualTo("got 1000000 bytes");
		}
	}

	@Test
	void partsRideAlong() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("part1")) {
			assertThat(client.next()).isEqualTo("created part1,part2");
			client.send(OnwardConnect.INSTANCE, LinkClient.message("first"), LinkClient.message("second"));
			assertThat(client.until("DISCONNECTED")).contains("QOS_ACK_REMOTE 1");
		}
	}

	@Test
	void messagesAreEchoed() throws Exception {
		for (String streamType : List.of("ws", "nailed")) {
			try (LinkClient client = LinkClient.to(this.server).ask(streamType)) {
				if (streamType.equals("ws")) {
					client.send(OnwardConnect.INSTANCE);
				}
				client.until("CONNECTED");
				client.send(LinkClient.message("small"));
				assertThat(client.text(5)).isEqualTo("small");
				assertThat(client.flags).containsExactly(PayloadFlag.SOM | PayloadFlag.EOM);
				client.send(LinkClient.message("x".repeat(40_000)));
				assertThat(client.text(40_000)).isEqualTo("x".repeat(40_000));
				assertThat(client.flags.get(1)).isEqualTo(PayloadFlag.SOM);
				assertThat(client.flags.get(client.flags.size() - 1)).isEqualTo(PayloadFlag.EOM);
				assertThat(client.flags.stream().filter((flags) -> flags != 0)).hasSize(3);
			}
		}
	}

	@Test
	void bytesAreEchoed() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("raw")) {
			client.send(LinkClient.payload(0, "early".getBytes(StandardCharsets.UTF_8)));
			assertThat(client.text(5)).isEqualTo("early");
			assertThat(client.flags).containsOnly(0);
		}
		waitUntil(() -> this.site.connections() == 0);
	}

	@Test
	void anEmptyMessageIsAMessage() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("ws")) {
			client.send(OnwardConnect.INSTANCE);
			client.until("CONNECTED");
			client.send(LinkClient.payload(0, new byte[0]), LinkClient.message(""), LinkClient.message("after"));
			client.text(5);
			assertThat(client.flags).containsExactly(3, 3);
		}
	}

	@Test
	void userStatesAndRefusedTransactionsAreTold() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("gone")) {
			client.send(OnwardConnect.INSTANCE);
			assertThat(client.until("DISCONNECTED")).contains("1404", "QOS_NACK_REMOTE");
		}
	}

	@Test
	void retriesAreToldAndMayBeAskedForAgain() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("unreach")) {
			for (int round = 0; round < 2; round++) {
				client.send(OnwardConnect.INSTANCE);
				assertThat(client.until("ALL_RETRIES_FAILED")).endsWith("CONNECTING", "UNREACHABLE", "POLL",
						"CONNECTING", "UNREACHABLE", "POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
			}
		}
	}

	@Test
	void timeoutsAndTimingsAreTold() throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			client.send(new TimeoutUpdate(TimeoutUpdate.OF_POLICY)).ask("slow").send(OnwardConnect.INSTANCE);
			List<String> heard = client.until("TIMEOUT");
			if (!heard.contains("CONNECTED")) {
				// Connecting has taken longer than the timeout
				heard.addAll(client.until("CONNECTED"));
			}
			assertThat(heard).contains("Perf", "CONNECTED");
			client.send(new TimeoutUpdate(10));
			client.until("TIMEOUT");
			client.send(new TimeoutUpdate(60_000), new TimeoutUpdate(TimeoutUpdate.CANCEL));
			this.site.slow.countDown();
			assertThat(client.until("DISCONNECTED")).doesNotContain("TIMEOUT");
		}
	}

	@Test
	void unknownStreamtypesAreRefusedAndTheLinkEnds() throws Exception {
		for (String streamType : List.of("nosuch", "server")) {
			try (LinkClient client = LinkClient.to(this.server).ask(streamType)) {
				assertThat(client.next()).isEqualTo("refused ");
				client.send(OnwardConnect.INSTANCE);
				assertThat(client.next()).isEqualTo("eof");
			}
		}
		assertThat(this.server.refused()).containsEntry(Refusal.STREAMTYPE, 2L);
	}

	@Test
	void whatIsLeftUnreadHoldsThePeerBack() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("large")) {
			client.send(OnwardConnect.INSTANCE);
			waitUntil(() -> this.server.links().stream().anyMatch(ProxyLinkSnapshot::paused));
			ProxyLinkSnapshot link = this.server.links().get(0);
			assertThat(link.unreadBytes()).isLessThan(32768 + 64 * 1024 + 4096);
			assertThat(link.pid()).isEqualTo(4711);
			assertThat(link.streamType()).isEqualTo("large");
			client.until("DISCONNECTED");
			assertThat(client.text(5_000_000)).isEqualTo("0123456789".repeat(500_000));
		}
	}

	@Test
	void aBufferOfOneByteIsEnough() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("least")) {
			client.send(OnwardConnect.INSTANCE);
			assertThat(client.until("DISCONNECTED")).contains("QOS_ACK_REMOTE");
			assertThat(client.text(26)).isEqualTo("hello from the test server");
			client.send(OnwardConnect.INSTANCE);
			assertThat(client.until("DISCONNECTED")).contains("QOS_ACK_REMOTE");
		}
	}

	@Test
	void clientsOfOursGetLargeFrames() throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			client.send(new TimeoutUpdate(TimeoutUpdate.CANCEL)).ask("large").send(OnwardConnect.INSTANCE);
			assertThat(client.until("DISCONNECTED")).startsWith("ss-protocol=h1 GET", "created large");
			assertThat(client.text(5_000_000)).isEqualTo("0123456789".repeat(500_000));
			assertThat(client.flags.size()).isLessThan(5_000_000 / 1380 / 2);
			assertThat(client.flags.get(0)).isEqualTo(PayloadFlag.SOM);
			assertThat(client.flags.stream().filter((flags) -> (flags & PayloadFlag.EOM) != 0)).hasSize(1);
		}
	}

	@Test
	void theStreamEndsWithItsLink() throws Exception {
		LinkClient client = LinkClient.to(this.server).ask("nailed");
		client.until("CONNECTED");
		client.halfClose();
		assertThat(client.next()).isEqualTo("eof");
		// A link is forgotten after its stream
		waitUntil(
				() -> this.engine.streams().isEmpty() && this.site.connections() == 0 && this.server.linkCount() == 0);
		client.close();
	}

	@Test
	void version0IsRefusedUnlessItIsAllowed() throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			client.send(new StreamType(0, 0, StreamType.DEFAULT_CREDIT, "get"));
			assertThat(client.next()).isEqualTo("eof");
		}
		assertThat(this.server.refused()).containsEntry(Refusal.PROTOCOL, 1L);
	}

	@Test
	void anotherPolicyCountsFromTheNextConnectionOn() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("get"); Site other = new Site()) {
			client.send(OnwardConnect.INSTANCE).until("DISCONNECTED");
			this.site.close();
			this.engine.updatePolicy((before) -> other.policy());
			client.send(OnwardConnect.INSTANCE);
			assertThat(client.until("DISCONNECTED")).contains("QOS_ACK_REMOTE");
		}
	}

	@Test
	void linksEndWhenNothingIsUnderWay() throws Exception {
		try (LinkClient idle = LinkClient.to(this.server).ask("get");
				LinkClient busy = LinkClient.to(this.server).ask("slow").send(OnwardConnect.INSTANCE)) {
			idle.next(2);
			busy.until("CONNECTED");
			var ended = this.server.shutdown(Duration.ofSeconds(50)).toCompletableFuture();
			assertThat(idle.next()).isEqualTo("eof");
			assertThat(ended).isNotDone();
			this.site.slow.countDown();
			assertThat(busy.until("eof")).contains("QOS_ACK_REMOTE", "DISCONNECTED");
			ended.get(20, TimeUnit.SECONDS);
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whatIsUnderWayEndsWhenItsTimeIsUp() throws Exception {
		try (LinkClient busy = LinkClient.to(this.server).ask("slow").send(OnwardConnect.INSTANCE)) {
			busy.until("CONNECTED");
			this.server.shutdown(Duration.ofMillis(50)).toCompletableFuture().get(20, TimeUnit.SECONDS);
			busy.until("eof");
		}
	}

	private static void waitUntil(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(condition);
	}

}
