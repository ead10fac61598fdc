package io.securestreams.transport.raw;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawAdoptionTests {

	private final SecureStreams streams;

	private final Recorder recorder = new Recorder();

	RawAdoptionTests(String transport) {
		this.streams = SecureStreams.builder().transport(Transport.of(transport)).policy(PolicyJson.read("""
				{"release":"01234567","product":"test","schema-version":1,
				 "retry":[{"default":{"backoff":[1],"conceal":5,"jitterpc":1}}],
				 "s":[{"raw":{"endpoint":"unused.invalid","port":1,"protocol":"raw","retry":"default"}},
				      {"tls":{"endpoint":"unused.invalid","port":1,"protocol":"raw","tls":true}},
				      {"web":{"endpoint":"unused.invalid","port":1,"protocol":"h1","http_method":"GET","http_url":""}},
				      {"server":{"server":true,"port":0,"protocol":"raw"}}]}
				""", "test").policy()).build();
	}

	@AfterEach
	void stop() {
		this.streams.close();
	}

	@Test
	void talksOverAConnectionOfTheApplication() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			SecureStream stream = this.streams.adopt("raw", connected(peer), this.recorder);
			TestLink.await(stream.send("hello".getBytes(StandardCharsets.US_ASCII)).toCompletableFuture());
			assertThat(this.recorder.awaitText("hello")).isEqualTo("hello");
			assertThat(stream.role()).isEqualTo(StreamRole.CLIENT);
			assertThat(stream.snapshot().peer()).isEqualTo("127.0.0.1");
			assertThat(this.recorder.states).containsExactly(StreamState.CREATING, StreamState.CONNECTING,
					StreamState.CONNECTED);
			stream.close();
			TestLink.await(this.recorder.destroyed);
		}
	}

	@Test
	void endsWithItsConnection() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getOutputStream().write("bye".getBytes()))) {
			SecureStream stream = this.streams.adopt("raw", connected(peer), this.recorder);
			TestLink.await(this.recorder.destroyed);
			assertThat(this.recorder.awaitText("bye")).isEqualTo("bye");
			// No retry, although the policy has a scheme
			assertThat(this.recorder.states).containsExactly(StreamState.CREATING, StreamState.CONNECTING,
					StreamState.CONNECTED, StreamState.DISCONNECTED, StreamState.DESTROYING);
			assertThat(stream.isClosed()).isTrue();
			stream.connect();
			this.streams.close();
			assertThat(this.streams.streams()).isEmpty();
		}
	}

	@Test
	void closesTheChannelWithTheStream() throws Exception {
		CompletableFuture<Integer> end = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tcp((socket) -> end.complete(socket.getInputStream().read()))) {
			SocketChannel channel = connected(peer);
			this.streams.adopt("raw", channel, this.recorder).close();
			assertThat(TestLink.await(end)).isEqualTo(-1);
			TestLink.await(this.recorder.destroyed);
			assertThat(channel.isOpen()).isFalse();
		}
	}

	@Test
	void closesTheChannelOfAStreamThatIsClosedInCreating() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			SocketChannel channel = connected(peer);
			this.streams.adopt("raw", channel, new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					stream.close();
					RawAdoptionTests.this.recorder.onState(stream, state, ordinal);
				}
			});
			TestLink.await(this.recorder.destroyed);
			assertThat(this.recorder.states).containsExactly(StreamState.CREATING, StreamState.DESTROYING);
			assertThat(channel.isOpen()).isFalse();
		}
	}

	@Test
	void adoptsUnixSockets(@TempDir Path directory) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address);
			SecureStream stream = this.streams.adopt("raw", SocketChannel.open(address), this.recorder);
			try (SocketChannel accepted = server.accept()) {
				accepted.write(ByteBuffer.wrap("local".getBytes(StandardCharsets.US_ASCII)));
				assertThat(this.recorder.awaitText("local")).isEqualTo("local");
				TestLink.await(stream.send("reply".getBytes(StandardCharsets.US_ASCII)).toCompletableFuture());
				ByteBuffer reply = ByteBuffer.allocate(5);
				while (reply.hasRemaining()) {
					accepted.read(reply);
				}
				assertThat(new String(reply.array(), StandardCharsets.US_ASCII)).isEqualTo("reply");
			}
		}
		TestLink.await(this.recorder.destroyed);
	}

	@Test
	void servesManyOnOneLoop() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			List<Recorder> recorders = new CopyOnWriteArrayList<>();
			for (int i = 0; i < 20; i++) {
				Recorder each = new Recorder();
				recorders.add(each);
				this.streams.adopt("raw", connected(peer), each)
					.send(("number " + i).getBytes(StandardCharsets.US_ASCII));
			}
			for (int i = 0; i < 20; i++) {
				recorders.get(i).awaitText("number " + i);
			}
		}
	}

	@Test
	void leavesTheChannelAloneThatItCannotAdopt() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); SocketChannel channel = connected(peer)) {
			for (String wrong : List.of("tls", "web", "server", "missing")) {
				assertThatExceptionOfType(SecureStreamsException.class)
					.isThrownBy(() -> this.streams.adopt(wrong, channel, this.recorder));
			}
			assertThat(channel.isOpen()).isTrue();
			assertThat(channel.isBlocking()).isTrue();
		}
		try (SocketChannel unconnected = SocketChannel.open()) {
			assertThatExceptionOfType(SecureStreamsException.class)
				.isThrownBy(() -> this.streams.adopt("raw", unconnected, this.recorder))
				.withMessageContaining("is not connected");
		}
		assertThat(this.recorder.states).isEmpty();
	}

	private static SocketChannel connected(JdkPeer peer) throws IOException {
		return SocketChannel.open(new InetSocketAddress("127.0.0.1", peer.port()));
	}

	private static final class Recorder implements StreamHandler {

		private final List<StreamState> states = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Void> destroyed = new CompletableFuture<>();

		private final StringBuilder text = new StringBuilder();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			if (state == StreamState.DESTROYING) {
				this.destroyed.complete(null);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			synchronized (this.text) {
				this.text.append(payload.text());
				this.text.notifyAll();
			}
		}

		String awaitText(String expected) throws InterruptedException {
			synchronized (this.text) {
				while (this.text.length() < expected.length()) {
					this.text.wait(20_000);
				}
				return this.text.toString();
			}
		}

	}

}
