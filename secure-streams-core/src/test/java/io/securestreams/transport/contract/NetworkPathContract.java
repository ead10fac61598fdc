package io.securestreams.transport.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Ways to a peer that lead through programs which are not ours: SOCKS5 proxies and unix
 * sockets.
 */
@Timeout(60)
public abstract class NetworkPathContract {

	private final Subject subject;

	private final String transport;

	private EchoService peer;

	private Forwarder tls;

	@TempDir
	private Path directory;

	protected NetworkPathContract(Subject subject, String transport) {
		this.subject = subject;
		this.transport = transport;
	}

	@BeforeEach
	void start() throws Exception {
		this.peer = this.subject.peer().start(Files.createDirectory(this.directory.resolve("peer")));
		this.tls = Forwarder.tls(TestPolicy.IDENTITY, this.subject.alpn(), this.peer.port());
	}

	@AfterEach
	void stop() throws IOException {
		this.tls.close();
		this.peer.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "policy", "streamtype", "process" })
	void throughMicrosocks(String where) throws Exception {
		int port = Program.freePort();
		try (Program socks = microsocks(port)) {
			String proxy = "127.0.0.1:" + port;
			TestPolicy policy = new TestPolicy(this.subject, "localhost", this.tls.port()).tls();
			if (where.equals("policy")) {
				policy.top("\"via-socks5\": \"" + proxy + "\"");
			}
			else if (where.equals("streamtype")) {
				// Before that of the policy
				policy.top("\"via-socks5\": \"127.0.0.1:1\"").keys("\"via-socks5\": \"" + proxy + "\"");
			}
			try (SecureStreams streams = engine(where.equals("process") ? Socks5Proxy.parse(proxy) : null, policy)) {
				checkEcho(streams);
			}
			assertThat(socks.log()).contains("connected to localhost:" + this.tls.port());
		}
	}

	@Test
	void throughMicrosocksWithPassword() throws Exception {
		int port = Program.freePort();
		try (Program socks = microsocks(port, "-u", "user", "-P", "pass:w@rd");
				SecureStreams streams = engine(Socks5Proxy.parse("user:pass:w@rd@127.0.0.1:" + port),
						new TestPolicy(this.subject, "localhost", this.tls.port()).tls())) {
			checkEcho(streams);
			assertThat(socks.log()).contains("connected to localhost:" + this.tls.port());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "user:wrong@", "" })
	void notThroughMicrosocksWithoutThePassword(String credentials) throws Exception {
		int port = Program.freePort();
		try (Program socks = microsocks(port, "-u", "user", "-P", "password");
				SecureStreams streams = engine(Socks5Proxy.parse(credentials + "127.0.0.1:" + port),
						new TestPolicy(this.subject, "localhost", this.tls.port()).tls().hasty())) {
			StreamFailure failure = failure(streams);
			assertThat(failure.phase()).isEqualTo(Phase.PROXY);
			assertThat(failure.message()).doesNotContain("wrong");
			assertThat(this.tls.accepted()).isZero();
			assertThat(socks.log()).doesNotContain("connected to localhost");
		}
	}

	@Test
	void tellsWhatMicrosocksCannotReach() throws Exception {
		int port = Program.freePort();
		int nobody = Program.freePort();
		try (Program socks = microsocks(port);
				SecureStreams streams = engine(Socks5Proxy.parse("127.0.0.1:" + port),
						new TestPolicy(this.subject, "localhost", nobody).tls().hasty())) {
			StreamFailure failure = failure(streams);
			assertThat(failure.phase()).isEqualTo(Phase.PROXY);
			assertThat(failure.endpoint()).isEqualTo("localhost:" + nobody);
			assertThat(socks.log()).doesNotContain("connected to localhost");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void overUnixSocketOfSocat(boolean secured) throws Exception {
		Path path = this.directory.resolve("s");
		Assumptions.assumeTrue(secured || !this.subject.tls(), "there is no such protocol without TLS");
		try (Program socat = socat("UNIX-LISTEN:" + path, secured)) {
			await().until(() -> Files.exists(path) && socat.isAlive());
			TestPolicy policy = new TestPolicy(this.subject, "+" + path, 0);
			// A proxy is no way to a unix socket
			try (SecureStreams streams = engine(Socks5Proxy.parse("127.0.0.1:1"), secured ? policy.tls() : policy)) {
				checkEcho(streams);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void overAbstractSocketOfSocat(boolean secured) throws Exception {
		String name = "secure-streams-" + this.directory.getFileName();
		Assumptions.assumeTrue(secured || !this.subject.tls(), "there is no such protocol without TLS");
		TestPolicy policy = new TestPolicy(this.subject, "+@" + name, 0);
		try (Program socat = socat("ABSTRACT-LISTEN:" + name, secured);
				SecureStreams streams = engine(null, secured ? policy.tls() : policy)) {
			if (!this.transport.equals("nio")) {
				assertThat(socat.isAlive()).isTrue();
				checkEcho(streams);
				return;
			}
			streams.updatePolicy((current) -> policy.hasty().policy());
			StreamFailure failure = failure(streams);
			assertThat(failure.phase()).isEqualTo(Phase.CONNECT);
			assertThat(failure.message()).contains("native transport of Linux", "here: \"nio\"");
		}
	}

	private Program microsocks(int port, String... options) throws IOException {
		@Nullable String microsocks = Program.find("microsocks");
		Assumptions.assumeTrue(microsocks != null, "microsocks is not installed");
		List<String> command = new ArrayList<>(
				List.of(String.valueOf(microsocks), "-i", "127.0.0.1", "-p", Integer.toString(port)));
		command.addAll(List.of(options));
		return Program.start(this.directory.resolve("log"), command).listening(port);
	}

	private Program socat(String listen, boolean secured) throws IOException {
		@Nullable String socat = Program.find("socat");
		Assumptions.assumeTrue(socat != null, "socat is not installed");
		int port = secured ? this.tls.port() : this.peer.port();
		return Program.start(this.directory.resolve("log"),
				List.of(String.valueOf(socat), listen + ",fork", "TCP:127.0.0.1:" + port));
	}

	private SecureStreams engine(@Nullable Socks5Proxy proxy, TestPolicy policy) {
		return SecureStreams.builder()
			.transport(Transport.of(this.transport))
			.eventLoopThreads(2)
			.socks5(proxy)
			.policy(policy.policy())
			.build();
	}

	private static void checkEcho(SecureStreams streams) {
		byte[] message = StreamContract.message(300_000);
		ContractHandler handler = new ContractHandler(message, 5000);
		SecureStream stream = streams.create(TestPolicy.TYPE, handler);
		stream.requestTx();
		handler.awaitEcho();
		assertThat(handler.received()).isEqualTo(message);
		assertThat(handler.complaints()).isEmpty();
		StreamContract.end(stream, handler);
	}

	private static StreamFailure failure(SecureStreams streams) {
		ContractHandler handler = new ContractHandler(new byte[1], 1);
		SecureStream stream = streams.create(TestPolicy.TYPE, handler);
		stream.requestTx();
		handler.await("ALL_RETRIES_FAILED", 1);
		@Nullable StreamFailure failure = stream.lastFailure();
		StreamContract.end(stream, handler);
		assertThat(failure).isNotNull();
		return failure;
	}

}
