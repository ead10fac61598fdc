package io.securestreams.demo.broker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;

/**
 * One client of the broker: a connection, and its subscriptions, which end with it. Who
 * breaks the protocol or is too far behind is disconnected. Used on the event loop only.
 */
final class BrokerSession extends SimpleChannelInboundHandler<MqttMessage> {

	static final int MAX_FILTERS = 32;

	static final int MAX_UNACKNOWLEDGED = 64;

	private static final int VERSION_3_1_1 = 4;

	private final TopicRouter router;

	private final Channel channel;

	private final Map<String, MqttQoS> filters = new HashMap<>();

	private final Set<Integer> unacknowledged = new HashSet<>();

	private boolean connected;

	private int lastId;

	private @Nullable Publication will;

	private boolean willRetained;

	BrokerSession(TopicRouter router, Channel channel) {
		this.router = router;
		this.channel = channel;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
		if (message.decoderResult().isFailure()) {
			end();
			return;
		}
		MqttMessageType type = message.fixedHeader().messageType();
		if (this.connected == (type == MqttMessageType.CONNECT)) {
			// The first is CONNECT, and no other
			end();
			return;
		}
		switch (type) {
			case CONNECT -> connect((MqttConnectMessage) message);
			case SUBSCRIBE -> subscribe((MqttSubscribeMessage) message);
			case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) message);
			case PUBLISH -> published((MqttPublishMessage) message);
			case PUBACK ->
				this.unacknowledged.remove(((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
			case PINGREQ -> this.channel.writeAndFlush(MqttMessage.PINGRESP);
			case DISCONNECT -> {
				this.will = null;
				end();
			}
			default -> end();
		}
	}

	private void connect(MqttConnectMessage message) {
		String clientId = message.payload().clientIdentifier();
		if (message.variableHeader().version() != VERSION_3_1_1) {
			refuse(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION);
			return;
		}
		if (clientId.isEmpty() && !message.variableHeader().isCleanSession()) {
			refuse(MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED);
			return;
		}
		if (message.variableHeader().isWillFlag()) {
			String topic = message.payload().willTopic();
			if (!TopicRouter.isTopic(topic)) {
				end();
				return;
			}
			this.will = new Publication(topic, message.payload().willMessageInBytes(), MqttQoS.AT_MOST_ONCE);
			this.willRetained = message.variableHeader().isWillRetain();
		}
		this.connected = true;
		keepAlive(message.variableHeader().keepAliveTimeSeconds());
		if (!clientId.isEmpty()) {
			this.router.identify(clientId, this);
		}
		this.channel.writeAndFlush(MqttMessageBuilders.connAck()
			.returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
			.sessionPresent(false)
			.build());
	}

	private void refuse(MqttConnectReturnCode code) {
		this.channel.writeAndFlush(MqttMessageBuilders.connAck().returnCode(code).sessionPresent(false).build())
			.addListener(ChannelFutureListener.CLOSE);
	}

	/** One and a half times what the client has said (MQTT-3.1.2-24). */
	private void keepAlive(int seconds) {
		this.channel.pipeline()
			.replace(IdleStateHandler.class, null, new IdleStateHandler(seconds * 1500L, 0, 0, TimeUnit.MILLISECONDS));
	}

	private void subscribe(MqttSubscribeMessage message) {
		MqttMessageBuilders.SubAckBuilder answer = MqttMessageBuilders.subAck()
			.packetId(message.variableHeader().messageId());
		Map<String, MqttQoS> granted = new HashMap<>();
		for (MqttTopicSubscription subscription : message.payload().topicSubscriptions()) {
			String filter = subscription.topicFilter();
			boolean room = this.filters.size() < MAX_FILTERS || this.filters.containsKey(filter);
			if (!room || !TopicRouter.isFilter(filter)) {
				answer.addGrantedQos(MqttQoS.FAILURE);
				continue;
			}
			MqttQoS qos = lower(subscription.qualityOfService(), MqttQoS.AT_LEAST_ONCE);
			this.filters.put(filter, qos);
			granted.put(filter, qos);
			answer.addGrantedQos(qos);
		}
		this.channel.writeAndFlush(answer.build());
		granted.forEach((filter, qos) -> this.router.retained(filter)
			.forEach((publication) -> deliver(publication, lower(qos, publication.qos()), true)));
	}

	private void unsubscribe(MqttUnsubscribeMessage message) {
		message.payload().topics().forEach(this.filters::remove);
		this.channel
			.writeAndFlush(MqttMessageBuilders.unsubAck().packetId(message.variableHeader().messageId()).build());
	}

	private void published(MqttPublishMessage message) {
		MqttQoS qos = message.fixedHeader().qosLevel();
		String topic = message.variableHeader().topicName();
		if (qos == MqttQoS.EXACTLY_ONCE || !TopicRouter.isTopic(topic)) {
			// MQTT 3.1.1 has no other way to say no
			end();
			return;
		}
		distribute(new Publication(topic, ByteBufUtil.getBytes(message.payload()), qos),
				message.fixedHeader().isRetain());
		if (qos == MqttQoS.AT_LEAST_ONCE) {
			this.channel
				.writeAndFlush(MqttMessageBuilders.pubAck().packetId(message.variableHeader().packetId()).build());
		}
	}

	private void distribute(Publication publication, boolean retained) {
		if (retained) {
			this.router.retain(publication);
		}
		this.router.publish(publication);
	}

	/**
	 * Sends a message on if the client has subscribed to it: once, however many filters
	 * cover it.
	 */
	void offer(Publication publication) {
		MqttQoS best = null;
		for (Map.Entry<String, MqttQoS> entry : this.filters.entrySet()) {
			if (TopicRouter.matches(entry.getKey(), publication.topic())
					&& (best == null || entry.getValue().value() > best.value())) {
				best = entry.getValue();
			}
		}
		if (best != null) {
			deliver(publication, lower(best, publication.qos()), false);
		}
	}

	private void deliver(Publication publication, MqttQoS qos, boolean retained) {
		if (!this.channel.isWritable() && qos == MqttQoS.AT_MOST_ONCE) {
			return;
		}
		if (this.unacknowledged.size() == MAX_UNACKNOWLEDGED && qos == MqttQoS.AT_LEAST_ONCE) {
			end();
			return;
		}
		MqttMessageBuilders.PublishBuilder message = MqttMessageBuilders.publish()
			.topicName(publication.topic())
			.qos(qos)
			.retained(retained)
			.payload(Unpooled.wrappedBuffer(publication.payload()));
		if (qos == MqttQoS.AT_LEAST_ONCE) {
			message.messageId(nextId());
		}
		this.channel.writeAndFlush(message.build());
	}

	private int nextId() {
		do {
			this.lastId = this.lastId % 0xffff + 1;
		}
		while (!this.unacknowledged.add(this.lastId));
		return this.lastId;
	}

	private static MqttQoS lower(MqttQoS one, MqttQoS other) {
		return (one.value() < other.value()) ? one : other;
	}

	/** Disconnects. */
	void end() {
		this.channel.close();
	}

	/** Who does not read answers may not ask for more. */
	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		this.channel.config().setAutoRead(this.channel.isWritable());
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
		if (event instanceof IdleStateEvent) {
			end();
		}
		super.userEventTriggered(context, event);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.router.leave(this);
		this.filters.clear();
		Publication last = this.will;
		this.will = null;
		if (last != null) {
			distribute(last, this.willRetained);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		end();
	}

}
