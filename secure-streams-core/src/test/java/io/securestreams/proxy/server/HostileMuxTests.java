package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

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
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.testing.LinkCapture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections of many links that carry nonsense harm themselves only, and links over them
 * harm no other link.
 */
@Timeout(60)
class HostileMuxTests {

	/** PONGACK, by which a client says that both are there. */
	private static final String UP = "f80000000000000001";

	/** STREAMTYPE of a stream that is connected at once. */
	private static final String ASK = "aa000f01000000011dcd65006e61696c6564";

	/** Less than until a ping counts as unanswered. */
	private static final Duration MOST_UNANSWERED = Duration.ofSeconds(9);

	@TempDir
	Path directory;

	private Site site;

	private SecureStreams engine;

	private ProxyServer server;

	private LinkClient witness;

	private long since;

	private SocketChannel other;

	@BeforeEach
	void start() throws Exception {
		this.site = new Site();
		this.engine = SecureStreams.builder().policy(this.site.policy()).eventLoopThreads(1).build();
		this.server = this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p")),
					ProxyAddress.parse("mux+unix:" + this.directory.resolve("m"))))
			.build());
		this.witness = LinkClient.to(this.server).ask("nailed");
		this.witness.until("CONNECTED");
		this.since = System.nanoTime();
		this.other = connect();
		assertServes(this.other, 0xff);
	}

	/** Whatever happened, others are served as before, and nothing is left. */
	@AfterEach
	void stop() throws Exception {
		this.witness.send(LinkClient.message("still here"));
		assertThat(this.witness.text(10)).isEqualTo("still here");
		if (System.nanoTime() - this.since > MOST_UNANSWERED.toNanos()) {
			// Nobody answers the pings that it has got by now
			this.other.close();
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.server.linkCount() == 1);
			this.other = connect();
			assertServes(this.other, 0xff);
		}
		assertServes(this.other, 0xfe);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.server.linkCount() == 3);
		this.other.close();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.engine.streams().size() == 1);
		this.witness.close();
		this.site.close();
		this.engine.close();
	}

	private SocketChannel connect() throws IOException {
		SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(this.directory.resolve("m")));
		write(channel, UP);
		return channel;
	}

	private static void write(SocketChannel channel, String hex) throws IOException {
		write(channel, HexFormat.of().parseHex(hex));
	}

	private static void write(SocketChannel channel, byte[] bytes) throws IOException {
		ByteBuffer left = ByteBuffer.wrap(bytes);
		while (left.hasRemaining()) {
			channel.write(left);
		}
	}

	private static String data(int number, String hex) {
		return "f5%02x%04x".formatted(number, hex.length() / 2) + hex;
	}

	/** Opens a link and waits for its stream to be connected. */
	private static void assertServes(SocketChannel channel, int number) throws IOException {
		write(channel, "f0%02x".formatted(number) + data(number, ASK));
		// CONNSTATE CONNECTED
		until(channel, "57000505");
	}

	private static String until(SocketChannel channel, String wanted) throws IOException {
		StringBuilder seen = new StringBuilder();
		ByteBuffer some = ByteBuffer.allocate(4096);
		while (seen.indexOf(wanted) < 0) {
			if (channel.read(some.clear()) < 0) {
				throw new IOException("ended, having sent " + seen);
			}
			seen.append(HexFormat.of().formatHex(some.array(), 0, some.position()));
		}
		return seen.toString();
	}

	private static void untilEnd(SocketChannel channel) {
		ByteBuffer some = ByteBuffer.allocate(4096);
		try {
			int read = 0;
			while (read >= 0) {
				read = channel.read(some.clear());
			}
		}
		catch (IOException ex) {
			// As good as an end
		}
	}

	static List<LinkCapture> recorded() {
		return LinkCapture.all("mux");
	}

	@ParameterizedTest
	@MethodSource("recorded")
	void whatWasRecordedIsServedOrEnded(LinkCapture capture) throws Exception {
		try (SocketChannel channel = connect()) {
			for (LinkCapture.Read read : capture.reads()) {
				if (!read.isEnd()) {
					write(channel, read.bytes());
				}
			}
			channel.shutdownOutput();
			untilEnd(channel);
		}
	}

	/** What a link's client must not send ends that channel, and no other. */
	@ParameterizedTest
	@ValueSource(strings = { "00", "ff0000", "ab0001", "aaffff01000000011dcd6500", "aa002901000000011dcd6500",
			"aeffff1f", "550010", ASK + ASK, ASK + "ae0001", ASK + "ae000300", ASK + "b0000500" })
	void nonsenseInAChannelEndsThatChannel(String hex) throws Exception {
		try (SocketChannel channel = connect()) {
			assertServes(channel, 0xfd);
			write(channel, "f0ff" + data(0xff, hex + "00".repeat(40)));
			until(channel, "f3ff");
			write(channel, data(0xff, "00".repeat(2000)));
			assertServes(channel, 0xfc);
			write(channel, "f4ff");
			assertServes(channel, 0xff);
		}
	}

	@Test
	void longNamesAreNotWaitedFor() throws Exception {
		try (SocketChannel channel = connect()) {
			write(channel, "f0ff" + data(0xff, "aaffff0100000001"));
			until(channel, "f3ff");
			write(channel, data(0xff, "61".repeat(60_000)));
			assertServes(channel, 0xfe);
		}
	}

	@Test
	void framesForChannelsThatWereNeverOpenedAreSkipped() throws Exception {
		try (SocketChannel channel = connect()) {
			for (int number = 0; number < 256; number++) {
				write(channel, data(number, "00".repeat(500)) + "f3%02x".formatted(number) + "f4%02x".formatted(number)
						+ "f1%02x".formatted(number) + "f2%02x".formatted(number));
				until(channel, "f2%02xf4%02x".formatted(number, number));
			}
			assertServes(channel, 0xff);
		}
	}

	@Test
	void aFloodOfPingsThatAreNotReadEndsItsConnection() throws Exception {
		try (SocketChannel channel = connect()) {
			byte[] pings = HexFormat.of().parseHex("f60000000000000001".repeat(10_000));
			try {
				for (int i = 0; i < 1000; i++) {
					write(channel, pings);
				}
			}
			catch (IOException ex) {
				return;
			}
		}
		throw new AssertionError("90 MB of PING are answered");
	}

	@Test
	void aStormOfResetsEndsItsConnectionAndItsLinks() throws Exception {
		try (SocketChannel channel = connect()) {
			try {
				for (int i = 0; i < 200; i++) {
					write(channel, UP + "f0ff" + data(0xff, ASK) + "f9");
				}
			}
			catch (IOException ex) {
				// It has been ended while it was sending
			}
			untilEnd(channel);
		}
	}

	@Test
	void channelsThatAreOpenedAndClosedInHasteLeaveNothing() throws Exception {
		try (SocketChannel channel = connect()) {
			for (int i = 0; i < 200; i++) {
				write(channel, "f0ff" + data(0xff, ASK) + "f3ff");
				until(channel, "f4ff");
			}
			assertServes(channel, 0xfe);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "f0", "f5", "f5ff", "f5ffff", "f5ffffff61", "f60000", "f7", "f0fff5ff0003aa00" })
	void aConnectionThatEndsInAFrameIsForgotten(String hex) throws Exception {
		try (SocketChannel channel = connect()) {
			write(channel, hex);
		}
	}

}
