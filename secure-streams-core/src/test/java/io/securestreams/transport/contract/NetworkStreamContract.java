package io.securestreams.transport.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestSocks5;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application may rely on, whatever the protocol, when its peer is reached over
 * the network: every kind of address, and everything that can go wrong on the way.
 */
public abstract class NetworkStreamContract extends StreamContract {

	private static final NetworkLimits SETTINGS = NetworkLimits.DEFAULTS
		.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(300))
		.withSocks5Timeout(Duration.ofMillis(300));

	private final Subject subject;

	private final String transport;

	private EchoService peer;

	/** Speaks TLS for the peer where the protocol needs it. */
	private @Nullable Forwarder front;

	private int port;

	private SecureStreams streams;

	@TempDir
	private Path directory;

	protected NetworkStreamContract(Subject subject, String transport) {
		this.subject = subject;
		this.transport = transport;
	}

	@BeforeEach
	void start() throws Exception {
		this.peer = this.subject.peer().start(Files.createDirectory(this.directory.resolve("peer")));
		this.port = this.peer.port();
		if (this.subject.tls()) {
			this.front = Forwarder.tls(TestPolicy.IDENTITY, this.subject.alpn(), this.peer.port());
			this.port = this.front.port();
		}
		this.streams = engine(NetworkLimits.DEFAULTS);
		use(policy("127.0.0.1", this.port));
	}

	@AfterEach
	void stop() throws Exception {
		this.streams.close();
		if (this.front != null) {
			this.front.close();
		}
		this.peer.close();
	}

	@Override
	protected StreamFactory streams() {
		return this.streams;
	}

	@Test
	void aPauseEndsWithTheAttempt() {
		ContractHandler handler = handler(100, 100).on("rx", SecureStream::pauseReceiving);
		SecureStream stream = streams().create(TYPE, handler);
		stream.requestTx();
		handler.await("rx", 1);
		handler.on("rx", (same) -> {
		});
		// Where a transaction is complete by now, there is nothing left to resume
		stream.resumeReceiving();
		handler.awaitEcho();
		stream.disconnect();
		handler.await("DISCONNECTED", 1);
		stream.requestTx();
		handler.await("rx", 2);
		handler.awaitEcho();
		end(stream, handler);
	}

	@Test
	void canBeDisconnectedAndUsedAgain() {
		ContractHandler handler = handler(5000, 1000);
		SecureStream stream = echo(handler);
		for (int i = 2; i < 5; i++) {
			stream.disconnect();
			handler.await("DISCONNECTED", i - 1);
			stream.requestTx();
			handler.await("CONNECTED", i);
			handler.awaitEcho();
		}
		end(stream, handler);
	}

	@Test
	void speaksTls() throws Exception {
		try (Forwarder tls = tls()) {
			use(policy("localhost", tls.port()).tls());
			checkEcho();
			assertThat(tls.accepted()).isPositive();
		}
	}

	@Test
	void takesAnIpv6LiteralFromMetadata() throws Exception {
		try (Forwarder six = Forwarder.ipv6(this.port)) {
			use(policy("${where}", six.port()).metadata("where"));
			ContractHandler handler = handler(5000, 1000).on("CREATING",
					(stream) -> stream.metadata().set("where", "[::1]"));
			SecureStream stream = echo(handler);
			assertThat(handler.received()).isEqualTo(message(5000));
			end(stream, handler);
			assertThat(six.accepted()).isPositive();
		}
	}

	@Test
	void aUrlOverridesPortAndPath() {
		String scheme = this.subject.tls() ? "https" : "http";
		use(policy(scheme + "://127.0.0.1:" + this.port + "/echo", 1).path("/wrong"));
		checkEcho();
	}

	@Test
	void speaksTlsThroughSocks5() throws Exception {
		TestSocks5 socks5 = new TestSocks5("us\u00e4r", "p\u00e4ss:w@rd", TestSocks5.Mode.CONNECT);
		try (Forwarder tls = tls(); JdkPeer proxy = JdkPeer.tcp(socks5)) {
			use(policy(TestPolicy.PROXIED_NAME, tls.port()).tls()
				.keys("\"via-socks5\": \"us\u00e4r:p\u00e4ss:w@rd@127.0.0.1:" + proxy.port() + "\""));
			checkEcho();
			assertThat(socks5.destinations).isNotEmpty().allMatch(("only-the-proxy-knows.test:" + tls.port())::equals);
		}
	}

	@Test
	void usesUnixSocketsThatComeAndGo() throws Exception {
		Path path = this.directory.resolve("s");
		use(policy("+" + path, 0));
		comesAndGoes(() -> Forwarder.unix(path, this.port));
	}

	@Test
	void speaksTlsOverUnixSockets() throws Exception {
		Path path = this.directory.resolve("s");
		use(policy("+" + path, 0).tls());
		try (Forwarder tls = tls(); Forwarder unix = Forwarder.unix(path, tls.port())) {
			checkEcho();
			assertThat(unix.accepted()).isPositive();
		}
	}

	@Test
	void comesBackAfterTheNetworkWasLost() throws Exception {
		try (Forwarder network = Forwarder.tcp(this.port)) {
			use(policy("127.0.0.1", network.port()).keys("\"nailed_up\": true").watchful());
			ContractHandler handler = handler(5000, 1000).on("CREATING", SecureStream::requestTx);
			if (!this.subject.wholeMessages()) {
				handler.holdAfterFirst();
			}
			SecureStream stream = this.streams.create(TYPE, handler);
			// In the middle of a message, which some protocols need to stay connected
			handler.await("rx", 1);
			network.freeze();
			handler.release();
			handler.await("DISCONNECTED", 1);
			handler.await("CONNECTED", 2);
			stream.requestTx();
			handler.awaitEcho();
			assertThat(network.accepted()).isEqualTo(2);
			end(stream, handler);
		}
	}

	@Test
	void tellsThatNobodyListens() throws Exception {
		int port;
		try (JdkPeer gone = JdkPeer.tcp(JdkPeer::echo)) {
			port = gone.port();
		}
		use(policy("127.0.0.1", port).hasty());
		assertThat(unreachable().phase()).isEqualTo(Phase.CONNECT);
	}

	@Test
	void tellsThatAUnixSocketIsNotThere() {
		use(policy("+" + this.directory.resolve("none"), 0).hasty());
		StreamFailure failure = unreachable();
		assertThat(failure.phase()).isEqualTo(Phase.CONNECT);
		assertThat(failure.endpoint()).endsWith("/none");
	}

	@Test
	void givesUpOnATlsHandshakeThatStalls() throws Exception {
		try (JdkPeer stalling = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes())) {
			restart(SETTINGS);
			use(policy("127.0.0.1", stalling.port()).tls().hasty());
			StreamFailure failure = unreachable();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).contains("300ms");
		}
	}

	@Test
	void givesUpOnASocks5ProxyThatStalls() throws Exception {
		try (JdkPeer stalling = JdkPeer.tcp(new TestSocks5(null, null, TestSocks5.Mode.STALL))) {
			restart(SETTINGS);
			use(policy("127.0.0.1", this.port).keys("\"via-socks5\": \"127.0.0.1:" + stalling.port() + "\"").hasty());
			assertThat(unreachable().phase()).isEqualTo(Phase.PROXY);
		}
	}

	@Test
	void trustsNobodyElse() throws Exception {
		try (Forwarder tls = Forwarder.tls(TestPki.selfSigned("localhost"), this.subject.alpn(), this.peer.port())) {
			use(policy("localhost", tls.port()).tls().hasty());
			assertThat(unreachable().phase()).isEqualTo(Phase.TLS);
		}
	}

	/** Attempt, concealed retry, the end: each told once, nothing connected. */
	private StreamFailure unreachable() {
		ContractHandler handler = handler(10, 10);
		SecureStream stream = this.streams.create(TYPE, handler);
		stream.requestTx();
		handler.await("ALL_RETRIES_FAILED", 1);
		assertThat(handler.events()).containsExactly("CREATING", "POLL", "CONNECTING", "UNREACHABLE", "POLL",
				"CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
		@Nullable StreamFailure failure = stream.lastFailure();
		end(stream, handler);
		assertThat(failure).isNotNull();
		assertThat(failure.unsent()).isTrue();
		return failure;
	}

	private void comesAndGoes(Opening opening) throws Exception {
		ContractHandler handler = handler(5000, 1000);
		SecureStream stream = this.streams.create(TYPE, handler);
		stream.requestTx();
		handler.await("UNREACHABLE", 1);
		int failures = 1;
		for (int i = 1; i <= 2; i++) {
			try (Forwarder there = opening.open()) {
				handler.await("CONNECTED", i);
				handler.awaitEcho();
				assertThat(handler.received()).isEqualTo(message(5000));
				assertThat(there.accepted()).isPositive();
				failures = (int) handler.count("UNREACHABLE");
			}
			handler.await("DISCONNECTED", i);
			stream.requestTx();
			handler.await("UNREACHABLE", failures + 1);
		}
		end(stream, handler);
	}

	private void checkEcho() {
		ContractHandler handler = handler(70_000, 1000);
		SecureStream stream = echo(handler);
		assertThat(handler.received()).isEqualTo(message(70_000));
		end(stream, handler);
	}

	private Forwarder tls() throws Exception {
		return Forwarder.tls(TestPolicy.IDENTITY, this.subject.alpn(), this.peer.port());
	}

	private SecureStreams engine(NetworkLimits settings) {
		return SecureStreams.builder()
			.transport(Transport.of(this.transport))
			.eventLoopThreads(2)
			.socks5(null)
			.network(settings)
			.build();
	}

	private void restart(NetworkLimits settings) {
		this.streams.close();
		this.streams = engine(settings);
	}

	private void use(TestPolicy policy) {
		this.streams.updatePolicy((current) -> policy.policy());
	}

	private TestPolicy policy(String endpoint, int port) {
		return new TestPolicy(this.subject, endpoint, port);
	}

	/** Makes a forwarder. */
	private interface Opening {

		Forwarder open() throws Exception;

	}

}
