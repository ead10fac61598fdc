package io.securestreams.transport.http1;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.securestreams.limits.HttpServerLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http.UpgradeRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that ask for another protocol.
 */
class UpgradeTests {

	private static final String UPGRADE = "GET /chat?x HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
			+ "Upgrade: h2c, Echo\r\nX-Word: w\r\n\r\n";

	private static final String LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private @Nullable HttpServerFixture fixture;

	@AfterEach
	void stop() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	private HttpServerFixture serve(UpgradeHandler handler) {
		HttpServerFixture started = new HttpServerFixture(TestHttpPolicy.server().metadata("path", ""),
				HttpServerLimits.DEFAULTS, handler, (link) -> link.onTransaction = UpgradeTests::echoPath);
		this.fixture = started;
		return started;
	}

	private static void echoPath(HttpLink link) {
		link.accepted().acknowledge(200);
		link.send(String.valueOf(link.metadata.get("path")), true);
	}

	@Test
	void theOtherProtocolGetsTheConnectionAndWhatFollowsTheRequest() throws Exception {
		HttpServerFixture server = serve((request) -> {
			this.asked.add(request.method() + " " + request.path() + " " + request.peer() + " "
					+ request.asksFor("echo") + " " + request.asksFor("tea") + " " + request.fields().first("x-word")
					+ " " + (request.routes().request("/chat") != null));
			request.accept("echo", (sink) -> sink.field("x-sign", "s"), Echo.NEXT);
			return true;
		});
		try (Socket socket = server.connect()) {
			InputStream in = socket.getInputStream();
			socket.getOutputStream()
				.write("GET /first HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(HttpServerFixture.response(in)).endsWith("/first");
			socket.getOutputStream().write((UPGRADE + "more").getBytes(StandardCharsets.US_ASCII));
			assertThat(HttpServerFixture.response(in).replaceAll("date: .*\r\n", "")).isEqualTo(
					"HTTP/1.1 101 Switching Protocols\r\nx-sign: s\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
			assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("more");
			socket.getOutputStream().write("GET and more".getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("GET and more");
			server.link(0).completed.get(20, TimeUnit.SECONDS);
			server.stopListening();
			assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("bye");
		}
		assertThat(this.asked).containsExactly("GET /chat?x 127.0.0.1 true false w true");
		assertThat(server.links).hasSize(1);
	}

	@Test
	void refusalsAreOrdinaryResponses() throws Exception {
		HttpServerFixture server = serve((request) -> {
			request.refuse(426, (sink) -> sink.field("upgrade", "echo"));
			return true;
		});
		assertThat(server.talk(UPGRADE + LAST).replaceAll("date: .*\r\n", ""))
			.startsWith("HTTP/1.1 426 Upgrade Required\r\nupgrade: echo\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 ")
			.endsWith("/last");
	}

	@Test
	void theAnswerMayComeLater() throws Exception {
		CompletableFuture<UpgradeRequest> taken = new CompletableFuture<>();
		HttpServerFixture server = serve((request) -> {
			taken.complete(request);
			return true;
		});
		try (Socket socket = server.connect()) {
			InputStream in = socket.getInputStream();
			socket.getOutputStream()
				.write(("GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + UPGRADE + "more")
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(HttpServerFixture.response(in)).endsWith("/first");
			UpgradeRequest request = taken.get(20, TimeUnit.SECONDS);
			server.link(0).completed.get(20, TimeUnit.SECONDS);
			request.executor().execute(() -> request.accept("echo", (sink) -> sink.field("x-sign", "s"), Echo.NEXT));
			assertThat(HttpServerFixture.response(in)).startsWith("HTTP/1.1 101 ");
			assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("more");
			socket.getOutputStream().write("GET and more".getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("GET and more");
		}
	}

	@Test
	void aRefusalThatComesLaterLetsTheConnectionGoOn() throws Exception {
		HttpServerFixture server = serve((request) -> {
			request.executor().schedule(() -> request.refuse(403, (sink) -> {
			}), 50);
			return true;
		});
		assertThat(server.talk(UPGRADE + LAST)).startsWith("HTTP/1.1 403 ").contains("HTTP/1.1 200 ").endsWith("/last");
	}

	@Test
	void whoWaitsForAnAnswerIsToldThatTheClientIsGone() throws Exception {
		CompletableFuture<Void> lost = new CompletableFuture<>();
		CompletableFuture<Void> taken = new CompletableFuture<>();
		HttpServerFixture server = serve((request) -> {
			request.onLost(() -> lost.complete(null));
			taken.complete(null);
			return true;
		});
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
			taken.get(20, TimeUnit.SECONDS);
			assertThat(lost).isNotDone();
		}
		lost.get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@ValueSource(strings = { UPGRADE, "GET /chat HTTP/1.0\r\nConnection: upgrade, keep-alive\r\nUpgrade: echo\r\n\r\n",
			"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\n",
			"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
			"POST /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\nContent-Length: 2\r\n\r\nab" })
	void whatNobodyTakesIsServedAsUsual(String request) throws Exception {
		HttpServerFixture server = serve((upgrade) -> {
			this.asked.add(upgrade.path());
			return false;
		});
		assertThat(server.talk(request + LAST)).contains("\r\n\r\n/chatHTTP/1.1 200 ").endsWith("/last");
		assertThat(this.asked).hasSize(request.equals(UPGRADE) ? 1 : 0);
	}

	/** Sends back what it gets. */
	private static final class Echo extends ChannelInboundHandlerAdapter {

		static final Consumer<Channel> NEXT = (channel) -> channel.pipeline().addLast(new Echo());

		@Override
		public void handlerAdded(ChannelHandlerContext ctx) {
			ctx.flush();
			ctx.channel().config().setAutoRead(true);
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ctx.writeAndFlush(message);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event == ListenerEnd.INSTANCE) {
				ctx.writeAndFlush(io.netty.buffer.Unpooled.copiedBuffer("bye", StandardCharsets.US_ASCII))
					.addListener((sent) -> ctx.close());
			}
		}

	}

}
