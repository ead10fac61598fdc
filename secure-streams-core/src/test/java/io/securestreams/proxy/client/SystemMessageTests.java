package io.securestreams.proxy.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.RecordingHandler;

import static io.securestreams.proxy.client.ScriptedProxy.metadata;
import static io.securestreams.proxy.client.ScriptedProxy.payload;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The streamtype of system messages, as clients have it.
 */
@Timeout(60)
class SystemMessageTests {

	private static final int NETWORK = 4;

	private static final String HEAD = "\0".repeat(7) + "\u0004" + "\0".repeat(8);

	private final ScriptedProxy proxy = new ScriptedProxy();

	private final RecordingHandler handler = new RecordingHandler();

	private SecureStream create(StreamOptions options) {
		SecureStream stream = this.proxy.streams.create(StreamType.SMD, this.handler, options);
		this.proxy.executor.run();
		return stream;
	}

	/** As proxies of libwebsockets answer. */
	private void connect() {
		this.proxy.create(",(null)");
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
	}

	private CompletableFuture<Long> send(SecureStream stream, String message) {
		CompletableFuture<Long> sent = stream.send(message.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.proxy.executor.run();
		return sent;
	}

	@Test
	void everyClassIsAskedForUnlessTheApplicationSaysWhich() {
		create(StreamOptions.DEFAULTS);
		this.proxy.accept();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE _lws_smd credit -1");
		create(new StreamOptions(NETWORK));
		this.proxy.accept();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE _lws_smd credit 4");
	}

	@Test
	void theProxyIsNotAskedToConnectForItDoesSoByItself() {
		SecureStream stream = create(StreamOptions.DEFAULTS);
		stream.connect();
		CompletableFuture<Long> sent = send(stream, HEAD + "{}");
		connect();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE _lws_smd credit -1", "TX[3] " + HEAD + "{}");
		assertThat(sent).isCompletedWithValue(0L);
		this.proxy.send(payload(3, HEAD + "{}"));
		assertThat(this.handler.take()).containsExactly("CREATING", "CONNECTING", "CONNECTED", "rx[SE] " + HEAD + "{}");
		stream.connect();
		stream.requestTx(20);
		assertThat(this.proxy.take()).isEmpty();
	}

	@Test
	void theStreamGoesOnWithEveryLink() {
		SecureStream stream = create(StreamOptions.DEFAULTS);
		connect();
		this.proxy.take();
		this.proxy.die();
		CompletableFuture<Long> sent = send(stream, HEAD + "{}");
		this.proxy.executor.advance(1001);
		connect();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE _lws_smd credit -1", "TX[3] " + HEAD + "{}");
		assertThat(sent).isCompleted();
		assertThat(this.handler.take()).containsExactly("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED",
				"CONNECTING", "CONNECTED");
	}

	@Test
	void aMessageOfSmallSlotsTravelsInOneFrame() {
		String message = HEAD + "{\"a\":1}";
		SecureStream stream = create(StreamOptions.DEFAULTS);
		this.handler.onWritable((writing, slot) -> {
			int at = (int) slot.ordinal() * 3;
			int end = Math.min(at + 3, message.length());
			slot.write(message.substring(at, end));
			if (end == message.length()) {
				slot.end();
			}
			else {
				writing.requestTx();
			}
		});
		connect();
		stream.requestTx();
		assertThat(this.proxy.take()).containsExactly("STREAMTYPE _lws_smd credit -1", "TX[3] " + message);
	}

	@Test
	void whatIsNoSystemMessageDoesNotCostTheLink() {
		SecureStream stream = create(StreamOptions.DEFAULTS);
		connect();
		this.proxy.take();
		send(stream, "x".repeat(StreamType.MIN_SMD_LENGTH - 1));
		send(stream, "x".repeat(StreamType.MAX_SMD_LENGTH + 1));
		send(stream, "x".repeat(20_000));
		assertThat(this.proxy.take()).isEmpty();
		send(stream, "x".repeat(StreamType.MAX_SMD_LENGTH));
		send(stream, HEAD);
		assertThat(this.proxy.take()).containsExactly("TX[3] " + "x".repeat(StreamType.MAX_SMD_LENGTH),
				"TX[3] " + HEAD);
	}

	@Test
	void aMessageIsReceivedAtOnceHoweverItArrives() {
		create(StreamOptions.DEFAULTS);
		connect();
		this.handler.take();
		ByteBuf bytes = Unpooled.buffer();
		FrameEncoder.write(payload(3, HEAD + "{}"), bytes);
		FrameEncoder.write(payload(3, HEAD + "{\"a\":1}"), bytes);
		while (bytes.isReadable()) {
			this.proxy.sendBytes(bytes.readRetainedSlice(1));
		}
		bytes.release();
		assertThat(this.handler.take()).containsExactly("rx[SE] " + HEAD + "{}", "rx[SE] " + HEAD + "{\"a\":1}");
		this.proxy.send(payload(1, HEAD));
		this.proxy.die();
		assertThat(this.handler.take()).containsExactly("DISCONNECTED");
	}

	@Test
	void aProxyThatSaysOtherwiseIsNotBelieved() {
		SecureStream stream = create(StreamOptions.DEFAULTS);
		this.proxy.accept();
		this.proxy.send(metadata(MetadataItem.SPOKEN, "h1 GET"), ScriptedProxy.created(""));
		this.proxy.send(StreamState.CONNECTING, StreamState.CONNECTED);
		send(stream, HEAD);
		assertThat(this.proxy.take()).endsWith("TX[3] " + HEAD);
		stream.close();
		this.proxy.executor.run();
		assertThat(this.proxy.streams.streams()).isEmpty();
	}

	@Test
	void clientsOfOneProxyHearEachOther() throws Exception {
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		try (SecureStreams far = SecureStreams.builder()
			.policy(PolicyJson.read("{ \"s\": [] }", "test").policy())
			.eventLoopThreads(2)
			.socks5(null)
			.build()) {
			ProxyServer server = far.serveProxy(
					ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse("tcp:127.0.0.1:0"))).build());
			try (SecureStreams near = SecureStreams.builder()
				.proxy(ProxyClientSettings.of(server.addresses().get(0)))
				.eventLoopThreads(2)
				.socks5(null)
				.build()) {
				near.create(StreamType.SMD, hearing("network", heard), new StreamOptions(NETWORK));
				near.create(StreamType.SMD, hearing("system", heard), new StreamOptions(2));
				SecureStream all = near.create(StreamType.SMD, hearing("all", heard));
				assertThat(List.of(next(heard), next(heard), next(heard)))
					.containsExactlyInAnyOrder("network CONNECTED", "system CONNECTED", "all CONNECTED");
				all.send(ByteBuffer.allocate(18)
					.putLong(NETWORK)
					.putLong(0)
					.put("{}".getBytes(StandardCharsets.US_ASCII))
					.array());
				assertThat(List.of(next(heard), next(heard))).containsExactlyInAnyOrder("network 4 {}", "all 4 {}");
				assertThat(heard).isEmpty();
			}
		}
	}

	private static String next(BlockingQueue<String> heard) throws InterruptedException {
		return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
	}

	private static StreamHandler hearing(String name, BlockingQueue<String> heard) {
		return new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.CONNECTED) {
					heard.add(name + " CONNECTED");
				}
			}

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				ByteBuffer message = ByteBuffer.wrap(payload.toByteArray());
				long messageClass = message.getLong();
				message.getLong();
				heard.add(name + " " + messageClass + " " + StandardCharsets.UTF_8.decode(message));
			}
		};
	}

}
