package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * The same exchange with Reactor Netty, one event loop.
 */
final class ReactorEchoClient implements EchoClient {

	private final LoopResources loops = LoopResources.create("reactor", 1, true);

	private final CountDownLatch ready = new CountDownLatch(1);

	private final Sinks.Many<ByteBuf> outgoing = Sinks.many().unicast().onBackpressureBuffer();

	private final byte[] payload;

	private final EchoCount count;

	private EventLoop loop;

	private Connection connection;

	private ReactorEchoClient(int size) {
		this.payload = new byte[size];
		this.count = new EchoCount(size);
	}

	static ReactorEchoClient webSocket(int port, int size) throws InterruptedException {
		ReactorEchoClient client = new ReactorEchoClient(size);
		HttpClient.newConnection()
			.runOn(client.loops, false)
			.host("127.0.0.1")
			.port(port)
			.websocket(WebsocketClientSpec.builder().maxFramePayloadLength(1024 * 1024).build())
			.uri("/echo")
			.handle((in, out) -> {
				in.withConnection(client::connected);
				return client.exchange(in, out);
			})
			.subscribe();
		client.ready.await();
		return client;
	}

	static ReactorEchoClient raw(int port, int size) throws InterruptedException {
		ReactorEchoClient client = new ReactorEchoClient(size);
		TcpClient.newConnection().runOn(client.loops, false).host("127.0.0.1").port(port).handle((in, out) -> {
			in.withConnection(client::connected);
			return client.exchange(in, out);
		}).connect().subscribe();
		client.ready.await();
		return client;
	}

	private void connected(Connection connection) {
		this.connection = connection;
		this.loop = connection.channel().eventLoop();
		this.ready.countDown();
	}

	private Publisher<Void> exchange(NettyInbound in, NettyOutbound out) {
		Supplier<Flux<ByteBuf>> received = () -> in.receive().doOnNext((bytes) -> {
			for (int complete = this.count.received(bytes.readableBytes()); complete > 0; complete--) {
				send();
			}
		});
		return Flux.merge(received.get().then(), out.send(this.outgoing.asFlux()).then());
	}

	@Override
	public void run(int messages, int inFlight) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.loop.execute(() -> {
			this.count.begin(messages, done);
			for (int i = 0; i < inFlight; i++) {
				send();
			}
		});
		done.await();
	}

	private void send() {
		if (this.count.send()) {
			this.outgoing.emitNext(
					this.connection.channel().alloc().directBuffer(this.payload.length).writeBytes(this.payload),
					Sinks.EmitFailureHandler.FAIL_FAST);
		}
	}

	@Override
	public void close() {
		this.connection.dispose();
		this.loops.dispose();
	}

}
