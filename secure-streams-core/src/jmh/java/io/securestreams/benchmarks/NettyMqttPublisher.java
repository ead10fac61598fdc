package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;

/**
 * A bare loop on Netty's codec: no session, no resending, nobody is told.
 */
final class NettyMqttPublisher extends ChannelInboundHandlerAdapter implements MqttPublisher {

	/**
	 * As many as a stream writes in one turn; of QoS 0 fewer, if fewer may be outstanding:
	 * those have not left.
	 */
	private static final int BATCH = 256;

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final byte[] payload = new byte[SIZE];

	private final CountDownLatch connected = new CountDownLatch(1);

	private final Semaphore done = new Semaphore(0);

	private final int qos;

	private final int outstanding;

	private final Channel channel;

	private int wanted;

	private int sent;

	private int acknowledged;

	NettyMqttPublisher(int port, int qos, int outstanding) throws InterruptedException {
		this.qos = qos;
		this.outstanding = outstanding;
		this.channel = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel made) {
					made.pipeline().addLast(MqttEncoder.INSTANCE, new MqttDecoder(), NettyMqttPublisher.this);
				}
			})
			.connect("127.0.0.1", port)
			.sync()
			.channel();
		this.channel
			.writeAndFlush(
					MqttMessageBuilders.connect().clientId("netty").cleanSession(true).keepAlive(0).build())
			.sync();
		this.connected.await();
	}

	@Override
	public void publish(int count) throws InterruptedException {
		this.channel.eventLoop().execute(() -> {
			this.wanted += count;
			fill();
			this.channel.flush();
		});
		this.done.acquire();
	}

	private void fill() {
		while (this.sent < this.wanted && this.sent - this.acknowledged < this.outstanding
				&& this.channel.isWritable()) {
			int id = ++this.sent % 65535 + 1;
			this.channel.write(new MqttPublishMessage(
					new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.valueOf(this.qos), false, 0),
					new MqttPublishVariableHeader(TOPIC, id),
					Unpooled.wrappedBuffer(this.payload)), this.channel.voidPromise());
			if (this.qos == 0) {
				acknowledged();
				if (this.sent % Math.min(BATCH, this.outstanding) == 0) {
					this.channel.flush();
				}
			}
		}
	}

	private void acknowledged() {
		if (++this.acknowledged == this.wanted) {
			this.done.release();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.channel.isWritable()) {
			this.channel.eventLoop().execute(() -> {
				fill();
				this.channel.flush();
			});
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof MqttConnAckMessage) {
			this.connected.countDown();
			return;
		}
		MqttMessage answer = (MqttMessage) message;
		switch (answer.fixedHeader().messageType()) {
			case PUBACK -> acknowledged();
			case PUBREC -> {
				acknowledged();
				ctx.write(new MqttMessage(
						new MqttFixedHeader(MqttMessageType.PUBREL, false, MqttQoS.AT_LEAST_ONCE, false, 2),
						MqttMessageIdVariableHeader
							.from(((MqttMessageIdVariableHeader) answer.variableHeader()).messageId())),
						ctx.voidPromise());
			}
			default -> {
			}
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		fill();
		ctx.flush();
	}

	@Override
	public void close() {
		this.channel.close().awaitUninterruptibly();
		this.group.shutdownGracefully();
	}

}
