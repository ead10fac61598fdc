package io.securestreams.transport.websocket;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.testing.OtherThread;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client against a server that is written out frame by frame.
 */
@Timeout(60)
class WebSocketClientTests {

	private static TestRuntime runtime;

	@BeforeAll
	static void start() {
		runtime = TestRuntime.create("auto");
	}

	@AfterAll
	static void stop() {
		runtime.close();
	}

	private static StreamDouble client(StreamPolicy policy, int port) {
		// Most of the servers below wait for the client to end the connection
		return client(policy, port,
				WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(100)));
	}

	private static StreamDouble client(StreamPolicy policy, int port, WebSocketLimits settings) {
		StreamDouble link = new StreamDouble(runtime.loops().next(), policy, new Address.Host("localhost", port));
		return link.transport(Factories.of(runtime, settings).webSocket().client(link));
	}

	private static void close(StreamDouble link) {
		link.run(() -> link.transport().close());
	}

	@Test
	void sendsAnOpeningHandshakeAndMessagesBothWays() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.requestLine()).isEqualTo("GET /chat HTTP/1.1");
			assertThat(server.header("host")).isEqualTo("localhost:" + socket.getLocalPort());
			assertThat(server.header("origin")).isEqualTo("http://localhost:" + socket.getLocalPort());
			assertThat(server.header("upgrade")).isEqualTo("websocket");
			assertThat(server.header("connection")).isEqualTo("Upgrade");
			assertThat(server.header("sec-websocket-version")).isEqualTo("13");
			assertThat(server.header("sec-websocket-key")).hasSize(24);
			assertThat(server.header("sec-websocket-protocol")).isEmpty();
			assertThat(server.header("sec-websocket-extensions")).isEmpty();
			ServerScript.Frame frame = server.read();
			assertThat(frame.first()).isEqualTo(0x81);
			assertThat(frame.masked()).isTrue();
			assertThat(frame.text()).isEqualTo("hello");
			server.write(ServerScript.text("hi"));
			assertThat(server.read().closeCode()).isEqualTo(1000);
			server.write(ServerScript.close(1000, ""));
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port()).connect();
			assertThat(TestLink.await(link.connected)).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
			link.send("hello");
			assertThat(link.awaitText()).isEqualTo("hi");
			close(link);
			peer.awaitServed();
			assertThat(link.events).containsExactly("connected");
		}
	}

	@Test
	void deliversWhatCameTogetherWithTheAnswer() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write(server.switching(), ServerScript.text("early"), ServerScript.close(1001, "bye"));
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port()).connect();
			assertThat(link.awaitText()).isEqualTo("early");
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.CONNECTION);
			assertThat(failure.message()).isEqualTo("the peer closed the connection: 1001 \"bye\"");
			assertThat(failure.unsent()).isFalse();
			assertThat(link.events).containsExactly("connected", "timings", "closed");
		}
	}

	@Test
	void keepsFragmentsInBothDirections() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.read()).satisfies((frame) -> assertThat(frame.first()).isEqualTo(0x02));
			assertThat(server.read()).satisfies((frame) -> assertThat(frame.first()).isEqualTo(0x00));
			assertThat(server.read()).satisfies((frame) -> assertThat(frame.first()).isEqualTo(0x80));
			server.write(ServerScript.frame(0x02, "one"), ServerScript.frame(0x89, "ping"),
					ServerScript.frame(0x00, "two"), ServerScript.frame(0x80, "three"));
			assertThat(server.read().text()).isEqualTo("ping");
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().binary().build(), peer.port()).connect();
			link.send(new byte[] { 1 }, PayloadFlags.SOM)
				.send(new byte[] { 2 }, 0)
				.send(new byte[] { 3 }, PayloadFlags.EOM);
			assertThat(link.awaitPiece()).satisfies((piece) -> {
				assertThat(piece.text()).isEqualTo("one");
				assertThat(piece.flags()).isEqualTo(PayloadFlags.SOM);
			});
			assertThat(link.awaitPiece()).satisfies((piece) -> {
				assertThat(piece.text()).isEqualTo("two");
				assertThat(piece.flags()).isZero();
			});
			assertThat(link.awaitPiece()).satisfies((piece) -> {
				assertThat(piece.text()).isEqualTo("three");
				assertThat(piece.flags()).isEqualTo(PayloadFlags.EOM);
			});
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void putsMarksRight() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.read().first()).isEqualTo(0x01);
			assertThat(server.read().first()).isEqualTo(0x80);
			assertThat(server.read().first()).isEqualTo(0x81);
			server.write(ServerScript.text("done"));
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port()).connect();
			link.send(new byte[] { 'a' }, 0)
				.send(new byte[] { 'b' }, PayloadFlags.SOM | PayloadFlags.EOM)
				.send(StreamDouble.NOTHING, PayloadFlags.SOM | PayloadFlags.EOM);
			assertThat(link.awaitText()).isEqualTo("done");
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void agreesOnASubprotocol() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket, "Sec-WebSocket-Protocol: lws-minimal");
			assertThat(server.header("sec-websocket-protocol")).isEqualTo("lws-minimal");
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().subprotocol("lws-minimal").build(), peer.port()).connect();
			TestLink.await(link.connected);
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void mapsMetadataIdentityAndResponseHeaders() throws Exception {
		runtime.runtime().blobs().set(SystemBlobs.Blob.AUTH, "secret".getBytes());
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket, "X-Session: 42");
			assertThat(server.requestLine()).isEqualTo("GET /room/blue HTTP/1.1");
			assertThat(server.header("x-client")).isEqualTo("me");
			assertThat(server.header("authorization")).isEqualTo("Bearer secret");
			server.drain();
		})) {
			StreamPolicy policy = Policies.client()
				.url("/room/${room}")
				.metadata("room", "")
				.metadata("client", "X-Client:")
				.metadata("session", "x-session:")
				.identity(new IdentityHeaders("Authorization:", "Bearer ", false, "", "", ""))
				.build();
			StreamDouble link = client(policy, peer.port());
			link.metadata().set("room", "blue").set("client", "me");
			link.onConnected(() -> assertThat(link.metadata().get("session")).isEqualTo("42")).connect();
			TestLink.await(link.connected);
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void refusesMetadataThatBelongsToTheHandshake() {
		StreamDouble link = client(Policies.client().metadata("key", "Sec-WebSocket-Key:").build(), 1);
		link.metadata().set("key", "value");
		link.connect();
		assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.POLICY);
	}

	@Test
	void refusesHeaderInjection() {
		StreamDouble link = client(Policies.client().metadata("client", "X-Client:").build(), 1);
		link.metadata().set("client", "a\r\nX-Evil: 1");
		link.connect();
		assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.POLICY);
	}

	@Test
	void followsRedirectsWithoutTakingCredentialsAlong() throws Exception {
		try (JdkPeer second = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.requestLine()).isEqualTo("GET /next HTTP/1.1");
			assertThat(server.header("authorization")).isEmpty();
			assertThat(server.header("x-client")).isEmpty();
			assertThat(server.header("accept-language")).isEqualTo("de");
			server.drain();
		}); JdkPeer first = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			assertThat(server.header("authorization")).isEqualTo("by hand");
			server.write("HTTP/1.1 302 Found\r\nLocation: ws://localhost:" + second.port()
					+ "/next\r\nContent-Length: 0\r\n\r\n");
			server.drain();
		})) {
			StreamDouble link = client(Policies.client()
				.redirects()
				.metadata("auth", "Authorization:")
				.metadata("client", "X-Client:")
				.metadata("language", "Accept-Language:")
				.build(), first.port());
			link.metadata().set("auth", "by hand").set("client", "me").set("language", "de");
			link.connect();
			TestLink.await(link.connected);
			close(link);
			first.awaitServed();
			second.awaitServed();
			assertThat(link.events).containsExactly("connected");
		}
	}

	@Test
	void passesPausingOnToThePeer() throws Exception {
		CountDownLatch stalled = new CountDownLatch(1);
		byte[] chunk = new byte[64 * 1024];
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			CompletableFuture<Void> all = OtherThread.run(() -> {
				try {
					for (int i = 0; i < 1024; i++) {
						server.write(ServerScript.frame(0x82, chunk));
					}
				}
				catch (java.io.IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(all).failsWithin(Duration.ofMillis(300));
			stalled.countDown();
			all.join();
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port());
			link.onConnected(() -> link.transport().pauseReading()).connect();
			stalled.await();
			assertThat(link.pieces).isEmpty();
			link.run(() -> link.transport().resumeReading());
			for (int i = 0; i < 1024; i++) {
				assertThat(link.awaitMessage()).hasSize(chunk.length);
			}
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void stopsBetweenTwoMessagesOfOneRead() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write(server.switching(), ServerScript.text("1"), ServerScript.text("2"), ServerScript.text("3"));
			socket.shutdownOutput();
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port());
			java.util.List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
			CompletableFuture<Void> first = new CompletableFuture<>();
			link.onReceive((bytes, flags) -> {
				seen.add(bytes.toString(java.nio.charset.StandardCharsets.UTF_8));
				link.transport().pauseReading();
				first.complete(null);
			}).connect();
			TestLink.await(first);
			assertThat(seen).containsExactly("1");
			link.run(() -> link.transport().resumeReading());
			link.run(() -> {
			});
			assertThat(seen).containsExactly("1", "2");
			assertThat(link.closed).isNotDone();
			link.run(() -> link.transport().resumeReading());
			link.run(() -> link.transport().resumeReading());
			assertThat(TestLink.await(link.closed).message()).isEqualTo("the connection ended without a close frame");
			assertThat(seen).containsExactly("1", "2", "3");
		}
	}

	@Test
	void echoesBulkOverTlsInFragments() throws Exception {
		byte[] bulk = new byte[3 * 1024 * 1024 + 7];
		new Random(7).nextBytes(bulk);
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), (socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.header("origin")).startsWith("https://localhost");
			java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
			ServerScript.Frame frame;
			do {
				frame = server.read();
				all.writeBytes(frame.payload());
			}
			while (!frame.fin());
			assertThat(all.toByteArray()).isEqualTo(bulk);
			for (int at = 0; at < bulk.length; at += 50_000) {
				int end = Math.min(bulk.length, at + 50_000);
				server.write(ServerScript.frame(((at == 0) ? 0x02 : 0x00) | ((end == bulk.length) ? 0x80 : 0),
						Arrays.copyOfRange(bulk, at, end)));
			}
			server.drain();
		})) {
			StreamDouble link = client(
					Policies.client().binary().tls(TestPolicies.trusting(TestPki.CA.getCertificate())).build(),
					peer.port())
				.connect();
			link.send(bulk, PayloadFlags.SOM | PayloadFlags.EOM);
			assertThat(link.awaitMessage()).isEqualTo(bulk);
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void asksForASignOfLifeAgainAndAgain() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			for (int i = 0; i < 3; i++) {
				ServerScript.Frame ping = server.read();
				assertThat(ping.first()).isEqualTo(0x89);
				server.write(ServerScript.frame(0x8A, ping.payload()));
			}
			server.write(ServerScript.close(1000, "")).drain();
		})) {
			StreamDouble link = client(
					Policies.client().validity(Duration.ofMillis(50), Duration.ofSeconds(20)).build(), peer.port())
				.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.CONNECTION);
			peer.awaitServed();
		}
	}

	@Test
	void hangsUpWithoutASignOfLife() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.read().first()).isEqualTo(0x89);
			server.drain();
		})) {
			StreamDouble link = client(
					Policies.client().validity(Duration.ofMillis(50), Duration.ofMillis(300)).build(), peer.port())
				.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.VALIDITY);
			peer.awaitServed();
		}
	}

	@Test
	void givesUpOnAStalledHandshake() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = new ServerScript(socket).readRequest();
			server.write("HTTP/1.1 101");
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port(),
					WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(1)))
				.connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(failure.unsent()).isTrue();
			peer.awaitServed();
			assertThat(link.events).containsExactly("timings", "closed");
		}
	}

	@Test
	void leavesAPeerThatNeverAnswersTheCloseFrame() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			assertThat(server.read().closeCode()).isEqualTo(1000);
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port(),
					WebSocketLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(100)))
				.connect();
			TestLink.await(link.connected);
			close(link);
			peer.awaitServed();
		}
	}

	@Test
	void mayBeClosedWhileConnectingAndConnectedAgain() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			ServerScript server = ServerScript.open(socket);
			server.drain();
		})) {
			StreamDouble link = client(Policies.client().build(), peer.port());
			link.run(() -> {
				link.client().connect();
				link.transport().close();
				link.client().connect();
			});
			TestLink.await(link.connected);
			close(link);
			peer.awaitServed();
			assertThat(link.events).containsExactly("connected");
		}
	}

}
