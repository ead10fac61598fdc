package io.securestreams.transport.http2.server;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.channel.Channel;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.TestHttpPolicy;

/**
 * A listener for HTTP/2 and the streams it has accepted, without an engine.
 */
final class Http2ServerFixture implements AutoCloseable {

	final List<HttpLink> links = new CopyOnWriteArrayList<>();

	private final BlockingQueue<HttpLink> accepted = new LinkedBlockingQueue<>();

	private final List<Channel> channels = new CopyOnWriteArrayList<>();

	private final TestRuntime runtime = TestRuntime.create("nio");

	private final BoundListener listener;

	volatile boolean refusing;

	Http2ServerFixture(TestHttpPolicy policy, HttpServerLimits limits, Consumer<HttpLink> transaction) {
		this(policy, limits, TunnelAcceptor.NONE, transaction);
	}

	Http2ServerFixture(TestHttpPolicy policy, HttpServerLimits limits, TunnelAcceptor tunnels,
			Consumer<HttpLink> transaction) {
		Http2Server server = new Http2Server(limits, tunnels);
		StreamPolicy streamType = policy.protocol(Protocol.H2).build();
		ServerRoutes routes = ServerRoutes.NONE.with(ServerRoute.of(streamType, (executor, transport, peer) -> {
			if (this.refusing) {
				return null;
			}
			HttpLink link = new HttpLink(executor, streamType).transport(transport);
			link.onTransaction = (stream) -> {
				transaction.accept(stream);
				this.accepted.add(stream);
			};
			this.links.add(link);
			return link;
		}));
		this.listener = this.runtime.runtime().listener().bind(streamType, List.of("h2"), (channel) -> {
			this.channels.add(channel);
			server.accept(channel, () -> routes);
		}).toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
	}

	static void answer(HttpLink link, int status, String text) {
		link.accepted().acknowledge(status);
		link.send(text, true);
	}

	int port() {
		return ((InetSocketAddress) this.listener.address()).getPort();
	}

	HttpLink link(int index) {
		return this.links.get(index);
	}

	FrameClient connect(int... settings) {
		return new FrameClient(port(), settings);
	}

	/** The next stream that has been told of its request. */
	HttpLink awaitLink() throws InterruptedException {
		HttpLink link = this.accepted.poll(20, TimeUnit.SECONDS);
		if (link == null) {
			throw new AssertionError("no request for 20 s");
		}
		return link;
	}

	void drain() {
		this.channels.forEach((channel) -> channel.eventLoop()
			.execute(() -> channel.pipeline().fireUserEventTriggered(ListenerEnd.INSTANCE)));
	}

	@Override
	public void close() {
		this.listener.close().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
		this.runtime.close();
	}

}
