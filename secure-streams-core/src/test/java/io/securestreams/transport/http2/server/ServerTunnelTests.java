package io.securestreams.transport.http2.server;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.Tunnel;
import io.securestreams.transport.http2.TunnelHandler;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tunnels that clients ask for with extended CONNECT (RFC 8441).
 */
@Timeout(60)
class ServerTunnelTests {

	private static final String[] CONNECT = { ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http",
			":path", "/chat", ":authority", "test" };

	/** Asks for all that there is room for. */
	private static final byte FLOOD = '!';

	private final AtomicInteger written = new AtomicInteger();

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private final Http2ServerFixture fixture = new Http2ServerFixture(
			TestHttpPolicy.server().upgrade(WebSocketOptions.DEFAULT), HttpServerLimits.DEFAULTS, this::echo,
			(link) -> Http2ServerFixture.answer(link, 200, "fine"));

	private boolean echo(TunnelOffer offer) {
		if (!offer.asksFor("websocket")) {
			return false;
		}
		if (!offer.path().equals("/chat")) {
			offer.refuse(403, (sink) -> sink.field("reason", "path"));
			return true;
		}
		Tunnel tunnel = offer.accept((sink) -> sink.field("Sec-WebSocket-Protocol", "chat"));
		tunnel.accept(new TunnelHandler() {
			@Override
			public void received(ByteBuf data) {
				if (data.getByte(data.readerIndex()) == FLOOD) {
					writable();
					return;
				}
				tunnel.write(data.copy());
			}

			@Override
			public void writable() {
				int capacity = tunnel.capacity(16 * 1024, 0);
				if (capacity > 0) {
					ServerTunnelTests.this.written.addAndGet(capacity);
					tunnel.write(tunnel.alloc().buffer(capacity).writeZero(capacity));
				}
				tunnel.awaitWritable();
			}

			@Override
			public void ended() {
				ServerTunnelTests.this.events.add("ended");
			}

			@Override
			public void broken(Phase phase, String message, @Nullable Throwable cause) {
				ServerTunnelTests.this.events.add("broken " + phase);
			}
		});
		return true;
	}

	@AfterEach
	void stop() {
		this.fixture.close();
	}

	private String event() throws InterruptedException {
		return String.valueOf(this.events.poll(20, TimeUnit.SECONDS));
	}

	@Test
	void carriesBytesUntilTheClientEnds() throws Exception {
		try (FrameClient client = this.fixture.connect()) {
			Frame settings = client.wire.await(Http2FrameWriter.SETTINGS);
			assertThat(settings.payload()).containsSequence(0, PeerSettings.ENABLE_CONNECT_PROTOCOL, 0, 0, 0, 1);
			client.request(1, false, CONNECT);
			Http2Headers head = client.head();
			assertThat(head.status()).hasToString("200");
			assertThat(head.get("sec-websocket-protocol")).hasToString("chat");
			assertThat(head.contains("content-length")).isFalse();
			client.wire.data(1, false, "to and fro");
			assertThat(client.wire.await(Http2FrameWriter.DATA).payload()).asString().isEqualTo("to and fro");
			client.wire.data(1, true, "");
			assertThat(client.response(1)).isEmpty();
			assertThat(event()).isEqualTo("ended");
			client.request(3, true, FrameClient.get("/"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
	}

	@Test
	void mayBeRefused() throws Exception {
		try (FrameClient client = this.fixture.connect()) {
			String[] other = CONNECT.clone();
			other[7] = "/other";
			client.request(1, false, other);
			assertThat(client.response(1)).isEqualTo("403 ");
			other[3] = "unknown";
			client.request(3, false, other);
			assertThat(client.response(3)).isEqualTo("501 ");
		}
	}

	@Test
	void breaksWithItsStreamOrConnection() throws Exception {
		try (FrameClient client = this.fixture.connect()) {
			client.request(1, false, CONNECT).request(3, false, CONNECT).request(5, false, CONNECT);
			client.wire.reset(1, 8);
			assertThat(event()).isEqualTo("broken CONNECTION");
			client.wire.headers(3, true, "trailer", "1");
			assertThat(event()).isEqualTo("broken PROTOCOL");
		}
		assertThat(event()).isEqualTo("broken CONNECTION");
	}

	@Test
	void withoutAWindowNothingIsTaken() throws Exception {
		try (FrameClient client = this.fixture.connect(PeerSettings.INITIAL_WINDOW_SIZE, 0)) {
			client.request(1, false, CONNECT).wire.data(1, false, "!");
			assertThat(client.isAlive()).isTrue();
			assertThat(this.written).hasValue(0);
		}
	}

	@Test
	void whatIsHeldForSmallWindowsIsBoundedPerConnection() throws Exception {
		try (FrameClient client = this.fixture.connect(PeerSettings.INITIAL_WINDOW_SIZE, 1)) {
			for (int stream = 1; stream < 200; stream += 2) {
				client.request(stream, false, CONNECT).wire.data(stream, false, "!");
			}
			assertThat(client.isAlive()).isTrue();
			assertThat(this.written.get()).isBetween(100, 256 * 1024 + 100);
			// What is given up makes room for others
			int before = this.written.get();
			for (int stream = 1; stream < 200; stream += 2) {
				client.wire.reset(stream, 8);
			}
			for (int stream = 201; stream < 220; stream += 2) {
				client.request(stream, false, CONNECT).wire.data(stream, false, "!");
			}
			assertThat(client.isAlive()).isTrue();
			assertThat(this.written.get() - before).isGreaterThan(100 * 1024);
		}
	}

}
