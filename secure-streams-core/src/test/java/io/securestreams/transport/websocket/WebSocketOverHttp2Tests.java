package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Client streams over RFC 8441, and when they are not.
 */
@Timeout(60)
class WebSocketOverHttp2Tests {

	private static final WebSocketLimits SETTINGS = WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
			Duration.ofSeconds(5));

	private static TestRuntime runtime;

	private StreamExecutor executor;

	private Factories factories;

	@BeforeAll
	static void start() {
		runtime = TestRuntime.create("auto");
	}

	@AfterAll
	static void stop() {
		runtime.close();
	}

	@BeforeEach
	void make() {
		this.executor = runtime.loops().next();
		this.factories = Factories.of(runtime, SETTINGS);
	}

	private static Policies overTls() {
		return Policies.client().binary().tls(TestPolicies.trusting(TestPki.CA.getCertificate()));
	}

	private StreamDouble link(Policies policy, int port) {
		StreamDouble link = new StreamDouble(this.executor, policy.build(), new Address.Host("localhost", port));
		return link.transport(this.factories.webSocket().client(link));
	}

	private StreamDouble connect(Policies policy, int port) {
		StreamDouble link = link(policy, port).connect();
		TestLink.await(link.connected);
		return link;
	}

	private static void expectEcho(StreamDouble link, String text) {
		link.send(text);
		assertThat(link.awaitText()).isEqualTo(text);
	}

	private static void close(StreamDouble link) {
		link.run(() -> link.transport().close());
	}

	@Test
	void asksForHttp2WhereThePolicySaysSo() throws Exception {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = connect(overTls().overHttp2().url("chat?a=b"), server.port());
			expectEcho(link, "hello");
			Http2Headers request = server.requests.remove();
			assertThat(request.method()).hasToString("CONNECT");
			assertThat(request.get(":protocol")).hasToString("websocket");
			assertThat(request.scheme()).hasToString("https");
			assertThat(request.authority()).hasToString("localhost:" + server.port());
			assertThat(request.path()).hasToString("/chat?a=b");
			assertThat(request.get("sec-websocket-version")).hasToString("13");
			assertThat(request.get("origin")).hasToString("https://localhost:" + server.port());
			assertThat(request.names()).noneMatch((name) -> name.toString().equals("sec-websocket-key")
					|| name.toString().equals("upgrade") || name.toString().equals("connection"));
			assertThat(server.tunnels).hasValue(1);
			close(link);
			assertThat(server.awaitEvent()).isEqualTo("close 1000");
			assertThat(server.awaitEvent()).isEqualTo("end of stream");
		}
	}

	@Test
	void joinsAConnectionThatIsThere() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble first = connect(overTls().overHttp2(), server.port());
			StreamDouble second = connect(overTls(), server.port());
			expectEcho(second, "second");
			expectEcho(first, "first");
			assertThat(server.tunnels).hasValue(2);
			assertThat(server.connections).hasValue(1);
			close(second);
			expectEcho(first, "still there");
			close(first);
		}
	}

	@Test
	void hasASocketOfItsOwnWhereNoneIsThere() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = connect(overTls(), server.port());
			expectEcho(link, "hello");
			assertThat(server.upgrades).hasValue(1);
			assertThat(server.tunnels).hasValue(0);
			close(link);
		}
	}

	@Test
	void fallsBackWhereItIsNotOfferedAndRemembersThat() {
		try (TunnelServer server = TunnelServer.both(Http2Settings.defaultSettings())) {
			StreamDouble link = connect(overTls().overHttp2(), server.port());
			expectEcho(link, "hello");
			assertThat(server.upgrades).hasValue(1);
			assertThat(server.requests).isEmpty();
			assertThat(server.connections).hasValue(2);
			close(link);
			link.events.clear();
			link.connect();
			expectEcho(link, "again");
			assertThat(server.upgrades).hasValue(2);
			assertThat(server.connections).hasValue(3);
			close(link);
		}
	}

	@Test
	void allThatShareAConnectionFallBackWhereItIsNotOffered() {
		try (TunnelServer server = TunnelServer.both(Http2Settings.defaultSettings())) {
			StreamDouble first = link(overTls().overHttp2(), server.port()).connect();
			StreamDouble second = link(overTls().overHttp2(), server.port()).connect();
			TestLink.await(first.connected);
			TestLink.await(second.connected);
			expectEcho(first, "first");
			expectEcho(second, "second");
			assertThat(server.upgrades).hasValue(2);
			assertThat(server.tunnels).hasValue(0);
			close(first);
			close(second);
		}
	}

	@Test
	void oneThatFailsUnexpectedlyDoesNotGoOnConnecting() {
		try (TunnelServer server = TunnelServer.both(Http2Settings.defaultSettings())) {
			AtomicInteger asked = new AtomicInteger();
			StreamDouble first = new StreamDouble(this.executor, overTls().overHttp2().build(),
					new Address.Host("localhost", server.port())) {

				@Override
				public @Nullable Socks5Proxy socks5() {
					if (asked.incrementAndGet() > 1) {
						throw new IllegalStateException("expected by the test");
					}
					return null;
				}

			};
			first.transport(this.factories.webSocket().client(first)).connect();
			StreamDouble second = link(overTls().overHttp2(), server.port()).connect();
			assertThat(TestLink.await(first.closed).message()).contains("expected by the test");
			TestLink.await(second.connected);
			expectEcho(second, "second");
			close(second);
		}
	}

	@Test
	void fallsBackWhereThePeerSpeaksHttp1Only() {
		try (TunnelServer server = new TunnelServer(TunnelServer.offered(), ApplicationProtocolNames.HTTP_1_1)) {
			StreamDouble link = connect(overTls().overHttp2(), server.port());
			expectEcho(link, "hello");
			assertThat(server.tunnels).hasValue(0);
			close(link);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP_1_1_REQUIRED", "REFUSED_STREAM", "INTERNAL_ERROR" })
	void fallsBackWhereThePeerResetsTheStream(String error) {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = connect(overTls().overHttp2().url("reset/" + error), server.port());
			expectEcho(link, "hello");
			assertThat(server.requests).hasSize(1);
			assertThat(server.upgrades).hasValue(1);
			close(link);
		}
	}

	@Test
	void needsNoTlsWherePeerIsKnownToSpeakHttp2() {
		try (TunnelServer server = new TunnelServer(TunnelServer.offered())) {
			StreamDouble link = connect(Policies.client().binary().overHttp2(), server.port());
			expectEcho(link, "hello");
			assertThat(server.requests.remove().scheme()).hasToString("http");
			close(link);
		}
	}

	@Test
	void fallsBackWithoutTlsWhereThePeerDoesNotUnderstand() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			if (server.requestLine().startsWith("PRI ")) {
				server.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
			}
			else {
				server.write(server.switching(), ServerScript.frame(0x82, "hello")).drain();
			}
		})) {
			StreamDouble link = connect(Policies.client().binary().overHttp2(), peer.port());
			assertThat(link.awaitText()).isEqualTo("hello");
			close(link);
		}
	}

	@Test
	void reportsWhatThePeerAnswers() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble busy = link(overTls().overHttp2().url("status/503"), server.port()).connect();
			StreamFailure failure = TestLink.await(busy.closed);
			assertThat(failure.phase()).isEqualTo(Phase.BUSY);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
			StreamDouble forbidden = link(overTls().overHttp2().url("status/403"), server.port()).connect();
			failure = TestLink.await(forbidden.closed);
			assertThat(failure.phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(failure.message()).contains("403");
			assertThat(server.connections).hasValue(1);
			assertThat(server.upgrades).hasValue(0);
		}
	}

	@Test
	void givesUpOnAPeerThatDoesNotAnswer() throws Exception {
		this.factories = Factories.of(runtime, SETTINGS.withTimeouts(Duration.ofMillis(200), Duration.ofMillis(200)));
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = link(overTls().overHttp2().url("silent"), server.port()).connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(failure.unsent()).isTrue();
			assertThat(link.events).containsExactly("timings", "closed");
			assertThat(server.awaitEvent()).isEqualTo("reset CANCEL");
		}
	}

	@Test
	void mapsMetadataAndSubprotocol() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = link(overTls().overHttp2()
				.subprotocol("chat")
				.metadata("ask", "X-Ask:")
				.metadata("answer", "x-answer:")
				.metadata("auth", "Authorization:"), server.port());
			link.run(() -> {
				link.metadata().set("ask", "6*7");
				link.metadata().set("auth", "Bearer t");
			});
			link.connect();
			TestLink.await(link.connected);
			Http2Headers request = server.requests.remove();
			assertThat(request.get("x-ask")).hasToString("6*7");
			assertThat(request.get("authorization")).hasToString("Bearer t");
			assertThat(request.get("sec-websocket-protocol")).hasToString("chat");
			assertThat(link.metadata().get("answer")).isEqualTo("42");
			close(link);
			StreamDouble other = link(overTls().overHttp2().subprotocol("chat").url("other"), server.port()).connect();
			assertThat(TestLink.await(other.closed).message()).contains("subprotocol");
		}
	}

	@Test
	void sendsAndReceivesMoreThanTheWindowsHold() throws Exception {
		byte[] bulk = new byte[1024 * 1024 + 3];
		new Random(5).nextBytes(bulk);
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered().initialWindowSize(10_000))) {
			StreamDouble link = connect(overTls().overHttp2(), server.port());
			StreamDouble other = connect(overTls(), server.port());
			link.send(bulk, PayloadFlags.SOM | PayloadFlags.EOM);
			for (int i = 0; i < 1000; i++) {
				other.send("message " + i);
			}
			for (int i = 0; i < 1000; i++) {
				assertThat(other.awaitText()).isEqualTo("message " + i);
			}
			assertThat(Arrays.equals(link.awaitMessage(), bulk)).isTrue();
			assertThat(server.connections).hasValue(1);
			close(link);
			close(other);
		}
	}

	@Test
	void passesPausingOnToThePeer() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = link(overTls().overHttp2().url("flood"), server.port());
			link.onConnected(() -> link.transport().pauseReading());
			link.connect();
			TestLink.await(link.connected);
			StreamDouble other = connect(overTls(), server.port());
			for (int i = 0; i < 100; i++) {
				// The one that is paused does not stop the other
				expectEcho(other, "message " + i);
			}
			assertThat(link.pieces).isEmpty();
			assertThat(server.flooded.get()).isLessThan(2 * 1024 * 1024);
			link.run(() -> link.transport().resumeReading());
			long received = 0;
			while (received < 4 * 1024 * 1024) {
				received += link.awaitPiece().bytes().length;
			}
			assertThat(received).isEqualTo(4 * 1024 * 1024);
			close(link);
			close(other);
		}
	}

	@Test
	void endsWithTheStream() throws Exception {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble dropped = connect(overTls().overHttp2().url("drop"), server.port());
			StreamDouble left = connect(overTls().overHttp2().url("leave"), server.port());
			StreamDouble closed = connect(overTls().overHttp2().url("bye"), server.port());
			StreamDouble stays = connect(overTls().overHttp2(), server.port());
			dropped.send("x");
			StreamFailure failure = TestLink.await(dropped.closed);
			assertThat(failure.phase()).isEqualTo(Phase.CONNECTION);
			assertThat(failure.message()).contains("CANCEL");
			assertThat(failure.unsent()).isFalse();
			left.send("x");
			assertThat(TestLink.await(left.closed).phase()).isEqualTo(Phase.CONNECTION);
			closed.send("x");
			assertThat(TestLink.await(closed.closed).message()).contains("4000 \"enough\"");
			assertThat(server.awaitEvent()).isEqualTo("close 4000");
			assertThat(server.awaitEvent()).isEqualTo("end of stream");
			expectEcho(stays, "hello");
			assertThat(server.connections).hasValue(1);
			close(stays);
		}
	}

	@Test
	void asksForASignOfLife() throws Exception {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = connect(overTls().overHttp2().validity(Duration.ofMillis(100), Duration.ofSeconds(20)),
					server.port());
			// Netty's frame decoder alone leaves pings to its user, who sends them back
			assertThat(server.awaitEvent()).isEqualTo("pong");
			close(link);
		}
	}

	@Test
	void hangsUpWithoutASignOfLife() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = connect(overTls().overHttp2().validity(Duration.ofMillis(100), Duration.ofMillis(300)),
					server.port());
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.VALIDITY);
		}
	}

	@Test
	void mayBeClosedWhileOpeningAndConnectedAgain() {
		try (TunnelServer server = TunnelServer.both(TunnelServer.offered())) {
			StreamDouble link = link(overTls().overHttp2(), server.port());
			link.run(() -> {
				link.client().connect();
				link.transport().close();
				link.client().connect();
			});
			expectEcho(link, "hello");
			assertThat(link.events).containsExactly("connected");
			close(link);
			Awaitility.await().until(() -> server.events.contains("end of stream"));
		}
	}

}
