package io.securestreams.demo.broker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * A small MQTT 3.1.1 broker for the tour, on the loopback, over TLS: QoS 0 and 1,
 * retained messages, wills, filters with + and #. Everybody may do everything, and
 * nothing outlives it; an application has got a real broker. May be used from any thread
 * but an event loop.
 */
public final class MqttBroker implements AutoCloseable {

	private static final int MAX_MESSAGE = 64 * 1024;

	private static final int MAX_CLIENT_ID = 256;

	/** Seconds within which a client has to say who it is. */
	private static final int PATIENCE = 10;

	private final EventLoopGroup group;

	private final Channel listener;

	private MqttBroker(EventLoopGroup group, Channel listener) {
		this.group = group;
		this.listener = listener;
	}

	/**
	 * Listens.
	 * @param port where, on the loopback; 0: a free one
	 * @param tls certificate and key
	 * @return the broker
	 * @throws IllegalStateException if the port is taken
	 */
	public static MqttBroker listen(int port, SslContext tls) {
		// One thread, which everything in here belongs to
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("tour-broker", true),
				NioIoHandler.newFactory());
		ChannelFuture bound = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_REUSEADDR, true)
			.childHandler(new Connections(tls))
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
			.awaitUninterruptibly();
		if (!bound.isSuccess()) {
			stop(group);
			throw new IllegalStateException("no broker on port " + port, bound.cause());
		}
		return new MqttBroker(group, bound.channel());
	}

	/**
	 * Returns the address.
	 * @return where it listens
	 */
	public InetSocketAddress address() {
		return (InetSocketAddress) this.listener.localAddress();
	}

	/**
	 * Cuts all connections and forgets everything.
	 */
	@Override
	public void close() {
		stop(this.group);
	}

	private static void stop(EventLoopGroup group) {
		group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
	}

	/**
	 * Sets up what connects.
	 */
	private static final class Connections extends ChannelInitializer<Channel> {

		private final TopicRouter router = new TopicRouter();

		private final SslContext tls;

		Connections(SslContext tls) {
			this.tls = tls;
		}

		@Override
		protected void initChannel(Channel channel) {
			BrokerSession session = new BrokerSession(this.router, channel);
			if (!this.router.enter(session)) {
				channel.close();
				return;
			}
			channel.pipeline()
				.addLast(this.tls.newHandler(channel.alloc()), new IdleStateHandler(PATIENCE, 0, 0),
						new MqttDecoder(MAX_MESSAGE, MAX_CLIENT_ID), MqttEncoder.INSTANCE, session);
		}

	}

}
