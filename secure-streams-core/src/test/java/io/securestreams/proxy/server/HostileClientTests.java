package io.securestreams.proxy.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.limits.ProxyLimits;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.testing.LinkCapture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that break the protocol, vanish, or ask for too much, harm themselves only.
 */
@Timeout(60)
class HostileClientTests {

	@TempDir
	Path directory;

	private Site site;

	private SecureStreams engine;

	private ProxyServer server;

	private LinkClient witness;

	@BeforeEach
	void start() throws Exception {
		this.site = new Site();
		this.engine = SecureStreams.builder().policy(this.site.policy()).eventLoopThreads(2).build();
		this.server = serve("p", ProxyLimits.builder().maxLinksPerClient(200).build());
		this.witness = LinkClient.to(this.server).ask("nailed");
		this.witness.until("CONNECTED");
	}

	private ProxyServer serve(String file, ProxyLimits limits) {
		return this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve(file))))
			.limits(limits)
			.build());
	}

	/** Whatever happened, another client is served as before, and nothing is left. */
	@AfterEach
	void stop() throws Exception {
		this.witness.send(LinkClient.message("still here"));
		assertThat(this.witness.text(10)).isEqualTo("still here");
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.server.linkCount() == 1);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.engine.streams().size() == 1);
		this.witness.close();
		this.site.close();
		this.engine.close();
	}

	static List<LinkCapture> conversations() {
		return LinkCapture.all("conversations");
	}

	/** What was recorded is replayed, in the order of its lines. */
	@ParameterizedTest
	@MethodSource("conversations")
	void everyRecordedConversationIsServedOrEnded(LinkCapture capture) throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			for (LinkCapture.Read read : capture.reads()) {
				if (read.fromClient() && !read.isEnd()) {
					client.raw(read.bytes());
				}
			}
			client.halfClose();
			assertThat(client.until("eof")).endsWith("eof");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "550010", "5a0000", "b20000", "b30000", "ff0000", "ac0001", "ab0001", "af0003",
			"b0000500", "b10003", "ae0001", "ad000f", "aa000901000000011dcd6500", "aa000c00000000011dcd6500676574",
			"aa000cff000000011dcd6500676574", "aa002901000000011dcd6500", "aa000d01000000011dcd650067650074" })
	void whatIsNoFrameEndsItsLink(String hex) throws Exception {
		for (String before : List.of("", "aa000c01000000011dcd6500676574")) {
			try (LinkClient client = LinkClient.to(this.server)) {
				client.raw(HexFormat.of().parseHex(before + hex + "00".repeat(64)));
				assertThat(client.until("eof")).endsWith("eof");
			}
		}
		assertThat(this.server.refused().get(Refusal.PROTOCOL)).isPositive();
	}

	@Test
	void clientsOfOursAreToldWhichNameTheStreamtypeDoesNotHave() throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			client.send(new TimeoutUpdate(TimeoutUpdate.CANCEL))
				.ask("get")
				.send(new MetadataItem("nmae", new byte[] { 'a' }), OnwardConnect.INSTANCE);
			assertThat(client.until("eof")).doesNotContain("CONNECTING")
				.anySatisfy((word) -> assertThat(word).startsWith("ss-refused=metadata \"nmae\": a name"));
		}
		assertThat(this.server.refused().get(Refusal.METADATA)).isEqualTo(1);
	}

	@Test
	void framesOutOfOrderEndTheirLink() throws Exception {
		for (var first : List.of(OnwardConnect.INSTANCE, LinkClient.message("x"),
				new MetadataItem("ask", new byte[] { 'a' }))) {
			try (LinkClient client = LinkClient.to(this.server).send(first)) {
				assertThat(client.next()).isEqualTo("eof");
			}
		}
		try (LinkClient client = LinkClient.to(this.server).ask("get").ask("get")) {
			assertThat(client.until("eof")).endsWith("eof");
		}
		assertThat(this.server.refused()).containsEntry(Refusal.PROTOCOL, 4L);
	}

	@Test
	void metadataThatDoesNotFitEndsTheLink() throws Exception {
		for (MetadataItem item : List.of(new MetadataItem("nosuch", new byte[] { 'a' }),
				new MetadataItem("ask", new byte[0]),
				new MetadataItem("ask", "a\r\nb: c".getBytes(StandardCharsets.UTF_8)),
				new MetadataItem("ask", new byte[] { (byte) 0xff }))) {
			try (LinkClient client = LinkClient.to(this.server).ask("get").send(item)) {
				assertThat(client.until("eof")).endsWith("eof");
			}
		}
		assertThat(this.server.refused()).containsEntry(Refusal.METADATA, 4L);
	}

	@Test
	void silenceEndsItsLink() throws Exception {
		// Of its own: elsewhere, a client that is slow is no silent one
		try (ProxyServer hasty = serve("q", ProxyLimits.builder().createTimeout(Duration.ofMillis(300)).build());
				LinkClient client = LinkClient.to(hasty).raw(new byte[] { (byte) 0xaa, 0 })) {
			assertThat(client.next()).isEqualTo("eof");
			assertThat(hasty.refused()).containsEntry(Refusal.SILENT, 1L);
		}
	}

	@Test
	void clientsMayVanishInAnyState() throws Exception {
		for (String streamType : List.of("get", "post", "slow", "ws", "raw", "unreach", "large", "part1")) {
			for (int steps = 0; steps < 5; steps++) {
				LinkClient client = LinkClient.to(this.server);
				if (steps > 0) {
					client.ask(streamType);
				}
				if (steps > 1) {
					client.send(new LengthHint(100), OnwardConnect.INSTANCE);
				}
				if (steps > 2) {
					client.next(3);
				}
				if (steps > 3) {
					client.send(LinkClient.payload(PayloadFlag.SOM, new byte[50])).raw(new byte[] { (byte) 0xad, 1 });
				}
				client.close();
			}
		}
	}

	@Test
	void whatIsSentToAPeerThatDoesNotTakeItWaitsWithTheClient() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("slow")) {
			client.send(OnwardConnect.INSTANCE).until("CONNECTED");
		}
		LinkClient client = LinkClient.to(this.server).ask("stuck");
		client.next(2);
		Thread flood = new Thread(() -> flood(client));
		flood.start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.server.links().stream().anyMatch((link) -> link.queuedBytes() > 0));
		assertThat(this.server.links()).allSatisfy((link) -> assertThat(link.queuedBytes()).isLessThan(80_000));
		client.close();
		flood.join();
	}

	private static void flood(LinkClient client) {
		try {
			for (int i = 0; i < 10_000; i++) {
				client.send(LinkClient.payload(PayloadFlag.SOM, new byte[0]), LinkClient.payload(0, new byte[4000]));
			}
		}
		catch (java.io.IOException ex) {
			// The link is gone
		}
	}

	@Test
	void rubbishHarmsNobody() throws Exception {
		Random random = new Random(3);
		for (int round = 0; round < 200; round++) {
			try (LinkClient client = LinkClient.to(this.server)) {
				if (round % 2 == 0) {
					client.send(new StreamType(1, 1, StreamType.DEFAULT_CREDIT, "ws"));
				}
				byte[] bytes = new byte[random.nextInt(3000)];
				random.nextBytes(bytes);
				try {
					client.raw(bytes);
				}
				catch (java.io.IOException ex) {
					// Refused before it was all there
				}
			}
		}
	}

	@Test
	void aClientHasNoMoreLinksThanItMayHave() throws Exception {
		List<LinkClient> clients = new ArrayList<>();
		for (int i = 0; i < 250; i++) {
			clients.add(LinkClient.to(this.server).ask("get"));
		}
		int refused = 0;
		for (LinkClient client : clients) {
			refused += client.next().equals("eof") ? 1 : 0;
		}
		assertThat(refused).isEqualTo(51);
		assertThat(this.server.refused()).containsEntry(Refusal.LINKS, 51L);
		for (LinkClient client : clients) {
			client.close();
		}
	}

}
