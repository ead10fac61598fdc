package io.securestreams.proxy.server;

import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.limits.ProxyLimits;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.factory.StreamBindException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Who gets in, and what for.
 */
@Timeout(60)
class ProxyAccessTests {

	private static final Set<String> NONE = Set.of();

	private final String me = System.getProperty("user.name");

	@TempDir
	Path directory;

	private Path socket;

	private Site site;

	private SecureStreams engine;

	@BeforeEach
	void start() throws Exception {
		this.socket = this.directory.resolve("proxy.sock");
		this.site = new Site();
		this.engine = engine(Transport.AUTO);
	}

	@AfterEach
	void stop() {
		this.site.close();
		this.engine.close();
	}

	private SecureStreams engine(Transport transport) {
		return SecureStreams.builder().policy(this.site.policy()).eventLoopThreads(1).transport(transport).build();
	}

	private ProxyServerSettings.Builder settings() {
		return ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse("unix:" + this.socket)));
	}

	@Test
	void theSocketFileIsForItsUserOnlyUnlessMoreIsSaid() throws Exception {
		ProxyServer server = this.engine.serveProxy(settings().build());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.socket))).isEqualTo("rw-------");
		server.close();
		assertThat(this.directory).isEmptyDirectory();
		this.engine.serveProxy(settings().socketPermissions(PosixFilePermissions.fromString("rw-rw----")).build());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.socket))).isEqualTo("rw-rw----");
		assertThat(this.directory.toFile().list()).containsExactly("proxy.sock");
	}

	@Test
	void aFileThatNobodyServesIsReplacedAndOthersAreNot() throws Exception {
		ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		other.bind(UnixDomainSocketAddress.of(this.socket));
		assertThatExceptionOfType(StreamBindException.class)
			.isThrownBy(() -> this.engine.serveProxy(settings().build()))
			.withCauseInstanceOf(BindException.class);
		other.close();
		assertThat(this.socket).exists();
		this.engine.serveProxy(settings().build()).close();
		Files.writeString(this.socket, "precious");
		assertThatExceptionOfType(StreamBindException.class)
			.isThrownBy(() -> this.engine.serveProxy(settings().build()));
		assertThat(this.socket).hasContent("precious");
	}

	@Test
	void whatAnotherProcessHasPutInItsPlaceStays() throws Exception {
		ProxyServer server = this.engine.serveProxy(settings().build());
		Files.delete(this.socket);
		Files.writeString(this.socket, "precious");
		server.close();
		assertThat(this.socket).hasContent("precious");
	}

	@ParameterizedTest
	@EnumSource(names = { "AUTO", "NIO" })
	void usersHaveTheStreamtypesOfTheirRules(Transport transport) throws Exception {
		try (SecureStreams own = engine(transport)) {
			ProxyServer server = own
				.serveProxy(settings().access(List.of(new ProxyAccess(Set.of("nobody-of-that-name"), NONE, NONE, NONE),
						new ProxyAccess(Set.of(this.me), NONE, NONE, Set.of("get", "ws"))))
					.build());
			try (LinkClient client = LinkClient.to(server).ask("get")) {
				assertThat(client.next()).isEqualTo("created get");
				assertThat(server.links()).singleElement()
					.satisfies((link) -> assertThat(link.client()).isEqualTo("user " + this.me));
			}
			try (LinkClient client = LinkClient.to(server).ask("post")) {
				assertThat(client.next()).isEqualTo("refused ");
			}
			assertThat(server.refused()).containsEntry(Refusal.STREAMTYPE_NOT_ALLOWED, 1L);
		}
	}

	@Test
	void whoFitsNoRuleHasNoLink() throws Exception {
		ProxyServer server = this.engine.serveProxy(
				settings().access(List.of(new ProxyAccess(Set.of("nobody-of-that-name"), NONE, NONE, NONE))).build());
		try (LinkClient client = LinkClient.to(server)) {
			assertThat(client.next()).isEqualTo("eof");
		}
		assertThat(server.refused()).containsEntry(Refusal.CLIENT, 1L);
	}

	@Test
	void groupsAndNumbersFitToo() throws Exception {
		Object uid = Files.getAttribute(this.directory, "unix:uid");
		Object gid = Files.getAttribute(this.directory, "unix:gid");
		for (ProxyAccess rule : List.of(new ProxyAccess(Set.of(uid.toString()), NONE, NONE, NONE),
				new ProxyAccess(NONE, Set.of(gid.toString()), NONE, NONE))) {
			ProxyServer server = this.engine.serveProxy(settings().access(List.of(rule)).build());
			try (LinkClient client = LinkClient.to(server).ask("get")) {
				assertThat(client.next()).isEqualTo("created get");
			}
			server.close();
		}
	}

	@Test
	void buffersOfAClientAreBounded() throws Exception {
		ProxyServer server = this.engine
			.serveProxy(settings().limits(ProxyLimits.builder().maxBufferedPerClient(150_000).build()).build());
		try (LinkClient first = LinkClient.to(server).ask("get");
				LinkClient second = LinkClient.to(server).ask("get")) {
			assertThat(first.next()).isEqualTo("created get");
			assertThat(second.next()).isEqualTo("created get");
			try (LinkClient third = LinkClient.to(server).ask("get")) {
				assertThat(third.next()).isEqualTo("refused ");
			}
		}
		assertThat(server.refused()).containsEntry(Refusal.BUFFERS, 1L);
	}

	@Test
	void linksOfAClientComeNoFasterThanTheyMay() {
		AtomicLong now = new AtomicLong();
		Admission admission = new Admission(List.of(), ProxyLimits.builder().linksPerSecond(2).build(), now::get);
		Peer peer = new Peer("user a", Set.of("a"), NONE, NONE);
		assertThat(admission.entered(peer)).isNull();
		assertThat(admission.entered(peer)).isNull();
		assertThat(admission.entered(peer)).isEqualTo(Refusal.RATE);
		assertThat(admission.entered(new Peer("user b", NONE, NONE, NONE))).isNull();
		now.addAndGet(500_000_000);
		assertThat(admission.entered(peer)).isNull();
		assertThat(admission.entered(peer)).isEqualTo(Refusal.RATE);
	}

	@Test
	void certificatesHaveTheStreamtypesOfTheirSubjects() {
		ProxyAccess rule = new ProxyAccess(NONE, NONE, Set.of("device-1"), Set.of("get"));
		assertThat(rule.fits(new Peer("CN=device-1,O=x", NONE, NONE, Set.of("CN=device-1,O=x", "device-1")))).isTrue();
		assertThat(rule.fits(new Peer("CN=device-2", NONE, NONE, Set.of("CN=device-2", "device-2")))).isFalse();
		assertThat(rule.allows("get")).isTrue();
		assertThat(rule.allows("post")).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> new ProxyAccess(NONE, NONE, NONE, NONE));
	}

	@Test
	void systemMessagesReachThoseWhoWantTheirClass() throws Exception {
		ProxyServer server = this.engine.serveProxy(settings().build());
		try (LinkClient one = LinkClient.to(server).send(new StreamType(1, 1, 2, StreamType.SMD));
				LinkClient two = LinkClient.to(server).send(new StreamType(1, 2, 0x1000002, StreamType.SMD))) {
			assertThat(one.next(4)).containsExactly("created ", "CREATING", "CONNECTING", "CONNECTED");
			two.until("CONNECTED");
			one.send(smd(0x1000000, "{\"for\":\"two\"}")).send(smd(2, "{\"both\":1}"));
			assertThat(two.text(16 + 13)).endsWith("{\"for\":\"two\"}");
			assertThat(two.text(16 + 10)).endsWith("{\"both\":1}");
			assertThat(one.text(16 + 10)).endsWith("{\"both\":1}");
			one.send(smd(2, "x".repeat(385)));
			assertThat(one.next()).isEqualTo("eof");
		}
	}

	private static io.securestreams.proxy.wire.TxPayload smd(long messageClass, String text) {
		byte[] body = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
		return LinkClient.payload(PayloadFlag.SOM | PayloadFlag.EOM,
				java.nio.ByteBuffer.allocate(16 + body.length).putLong(messageClass).putLong(0).put(body).array());
	}

	@Test
	void addressesAreRead() {
		assertThat(ProxyAddress.parse("unix:@proxy.ss.lws")).isEqualTo(ProxyAddress.DEFAULT);
		assertThat(ProxyAddress.parse("tcp:[::1]:80")).hasToString("tcp:[::1]:80")
			.isEqualTo(new ProxyAddress.Tcp("::1", 80));
		assertThat(ProxyAddress.parse("tcp:*:1")).isEqualTo(new ProxyAddress.Tcp("", 1));
		for (String text : List.of("", "unix:", "unix:@", "tcp:1", "tcp:a:b", "tcp:a:70000", "http:a:1")) {
			assertThatIllegalArgumentException().isThrownBy(() -> ProxyAddress.parse(text));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> ProxyAddress.parse("unix:rel.sock"))
			.withMessageContaining("relative")
			.withMessageContaining("unix:/path");
	}

}
