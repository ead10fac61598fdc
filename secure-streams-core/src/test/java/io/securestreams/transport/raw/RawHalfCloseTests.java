package io.securestreams.transport.raw;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.testing.OtherThread;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Each half of a connection ends by itself.
 */
@Timeout(60)
class RawHalfCloseTests {

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void receivesTheAnswerAfterItsOwnEnd(String transport) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(RawHalfCloseTests::answer);
				SecureStreams streams = engine(transport, peer.port())) {
			Asking handler = new Asking();
			SecureStream stream = streams.create("raw", handler);
			stream.requestTx();
			TestLink.await(handler.disconnected);
			assertThat(handler.received.size()).isEqualTo(100_001);
			assertThat(handler.slotsAfterTheEnd).isZero();
			stream.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void endsWithCloseNotifyWhereThereIsTls(String transport) throws Exception {
		try (TestRuntime runtime = TestRuntime.create(transport);
				JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), RawHalfCloseTests::answer)) {
			TestLink link = new TestLink(runtime.loops().next(),
					TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Host("localhost", peer.port()), null);
			StreamTransport client = new RawTransportFactory(runtime.runtime()).client(link);
			link.transport(client);
			link.onConnected(() -> {
				client.write(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII), 0, 0);
				client.write(Unpooled.EMPTY_BUFFER, PayloadFlags.EOM, 1);
			});
			link.connect();
			String message = TestLink.await(link.closed).message();
			// Which of the two there is, the runtime decides by its transport
			if (transport.equals("nio")) {
				peer.awaitServed();
				assertThat(message).isEqualTo("the peer closed the connection");
				assertThat(link.awaitText(6)).isEqualTo("ahello");
			}
			else {
				assertThat(message).contains("BoringSSL does not close by halves");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void sendsWhatIsAskedForAfterThePeersEnd(String transport) throws Exception {
		CompletableFuture<byte[]> answer = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tcp((socket) -> answer.complete(ask(socket)));
				SecureStreams streams = engine(transport, peer.port())) {
			CompletableFuture<Void> disconnected = new CompletableFuture<>();
			SecureStream stream = streams.create("raw", new StreamHandler() {
				@Override
				public void onReceive(SecureStream source, Payload payload) {
					source.send(new byte[3_000_000]);
				}

				@Override
				public void onState(SecureStream source, StreamState state, long ordinal) {
					if (state == StreamState.DISCONNECTED) {
						disconnected.complete(null);
					}
				}
			});
			stream.connect();
			assertThat(TestLink.await(answer).length).isEqualTo(3_000_000);
			TestLink.await(disconnected);
			assertThat(String.valueOf(stream.lastFailure())).endsWith("the peer closed the connection");
			stream.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void anAcceptedStreamAnswersFromAnotherThreadAfterThePeersEnd(String transport) throws Exception {
		try (SecureStreams streams = serving(transport)) {
			StreamServer listener = streams.listen("raw", () -> new StreamHandler() {
				@Override
				public void onReceive(SecureStream source, Payload payload) {
					String text = payload.text();
					// Whoever works for a while
					CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(() -> {
						// What follows has half a second for it
						source.send(("answer to " + text).getBytes(StandardCharsets.US_ASCII))
							.thenRun(() -> OtherThread
								.run(() -> source.send(", and more".getBytes(StandardCharsets.US_ASCII))));
					});
				}
			});
			try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listener.address()).getPort())) {
				assertThat(new String(ask(socket), StandardCharsets.US_ASCII)).isEqualTo("answer to ?, and more");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "epoll", "nio" })
	void anAcceptedStreamThatHasPausedAnswersAfterThePeersEnd(String transport) throws Exception {
		assumeThat(!transport.equals("epoll") || Epoll.isAvailable()).isTrue();
		try (SecureStreams streams = serving(transport)) {
			StreamServer listener = streams.listen("raw", () -> new StreamHandler() {
				@Override
				public void onReceive(SecureStream source, Payload payload) {
					source.pauseReceiving();
					CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)
						.execute(() -> source.send(new byte[3_000_000])
							.whenComplete((sent, failure) -> source.resumeReceiving()));
				}
			});
			for (int i = 0; i < 20; i++) {
				try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listener.address()).getPort())) {
					assertThat(ask(socket)).hasSize(3_000_000);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void anAcceptedStreamEndsWithItsPeerWhenNothingIsOwed(String transport) throws Exception {
		try (SecureStreams streams = serving(transport)) {
			StreamServer listener = streams.listen("raw", () -> new StreamHandler() {
			});
			try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listener.address()).getPort())) {
				long start = System.nanoTime();
				socket.shutdownOutput();
				assertThat(socket.getInputStream().read()).isEqualTo(-1);
				assertThat(System.nanoTime() - start).isLessThan(AnswerTime.ANSWER_MILLIS * 1_000_000);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void anEmptyMessageIsNoEnd(String transport) throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); SecureStreams streams = engine(transport, peer.port())) {
			CompletableFuture<String> echo = new CompletableFuture<>();
			SecureStream stream = streams.create("raw", new StreamHandler() {
				@Override
				public void onReceive(SecureStream source, Payload payload) {
					echo.complete(payload.text());
				}
			});
			stream.send(new byte[0]);
			stream.send("after".getBytes(StandardCharsets.US_ASCII));
			stream.connect();
			assertThat(TestLink.await(echo)).isEqualTo("after");
			stream.close();
		}
	}

	private static void answer(Socket socket) throws IOException {
		byte[] question = socket.getInputStream().readAllBytes();
		socket.getOutputStream().write('a');
		socket.getOutputStream().write(question);
	}

	private static byte[] ask(Socket socket) throws IOException {
		socket.getOutputStream().write('?');
		socket.shutdownOutput();
		return socket.getInputStream().readAllBytes();
	}

	private static SecureStreams serving(String transport) {
		return SecureStreams.builder().transport(Transport.of(transport)).policy(PolicyJson.read("""
				{ "release": "1", "product": "test", "schema-version": 1, "s": [ { "raw": {
				  "endpoint": "127.0.0.1", "port": 0, "protocol": "raw", "server": true } } ] }
				""", "test").policy()).build();
	}

	private static SecureStreams engine(String transport, int port) {
		return SecureStreams.builder().transport(Transport.of(transport)).socks5(null).policy(PolicyJson.read("""
				{ "release": "1", "product": "test", "schema-version": 1, "s": [ { "raw": {
				  "endpoint": "localhost", "port": %d, "protocol": "raw", "opportunistic": true } } ] }
				""".formatted(port), "test").policy()).build();
	}

	/** Sends 100,000 bytes, ends its half, and receives. */
	private static final class Asking implements StreamHandler {

		private final CompletableFuture<Void> disconnected = new CompletableFuture<>();

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private int left = 100_000;

		private boolean ended;

		private volatile int slotsAfterTheEnd;

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			stream.requestTx();
			if (this.ended) {
				this.slotsAfterTheEnd = 1;
			}
			else if (this.left == 0) {
				slot.end();
				this.ended = true;
			}
			else {
				byte[] piece = new byte[Math.min(this.left, slot.capacity())];
				this.left -= piece.length;
				slot.write(piece);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.received.writeBytes(payload.toByteArray());
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.DISCONNECTED) {
				this.disconnected.complete(null);
			}
		}

	}

}
