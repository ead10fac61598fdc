package io.securestreams.transport.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.FrameSink;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.frame.PacketType;
import io.securestreams.transport.mqtt.frame.PublishHead;
import io.securestreams.transport.mqtt.topic.Route;

/**
 * What the broker sends, handed to the part of the session that it concerns.
 */
final class BrokerPackets implements FrameSink {

	/** Highest topic alias that the broker may use. */
	static final int MAX_ALIAS = 16;

	private final BrokerSession session;

	private final BrokerConnection connection;

	/** Topics as bytes, for whom they are for is remembered by these. */
	private final @Nullable ByteBuf[] aliases = new ByteBuf[MAX_ALIAS + 1];

	private boolean greeted;

	BrokerPackets(BrokerSession session, BrokerConnection connection) {
		this.session = session;
		this.connection = connection;
	}

	@Override
	public void connected(boolean sessionPresent, int code, MqttProperties properties) throws MqttViolation {
		this.greeted = true;
		this.connection.greeted(sessionPresent, code, properties);
	}

	private void requireGreeting() throws MqttViolation {
		if (!this.greeted) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "the first packet is not CONNACK");
		}
	}

	@Override
	public void publish(PublishHead head) throws MqttViolation {
		requireGreeting();
		this.connection.useless().useful();
		Deliveries deliveries = this.session.deliveries();
		int alias = (int) head.properties().number(MqttProperties.TOPIC_ALIAS, 0);
		Route<Interest> route;
		if (alias == 0 || head.topicLength() > 0) {
			route = deliveries.routes().find(head.source(), head.topicIndex(), head.topicLength());
		}
		else {
			ByteBuf topic = (alias <= MAX_ALIAS) ? this.aliases[alias] : null;
			if (topic == null) {
				throw new MqttViolation(MqttViolation.TOPIC_ALIAS_INVALID, "topic alias " + alias + " is none");
			}
			route = deliveries.routes().find(topic, 0, topic.readableBytes());
		}
		if (alias > MAX_ALIAS) {
			throw new MqttViolation(MqttViolation.TOPIC_ALIAS_INVALID,
					"topic alias " + alias + " (expected: at most " + MAX_ALIAS + ")");
		}
		if (alias > 0 && head.topicLength() > 0) {
			byte[] topic = new byte[head.topicLength()];
			head.source().getBytes(head.topicIndex(), topic);
			this.aliases[alias] = Unpooled.wrappedBuffer(topic);
		}
		deliveries.publish(head, route, head.properties());
	}

	@Override
	public void payload(ByteBuf bytes, boolean end) {
		this.session.deliveries().payload(bytes, end);
	}

	@Override
	public void acknowledged(int type, int packetId, int reason) throws MqttViolation {
		requireGreeting();
		if (type == PacketType.PUBREL) {
			this.session.deliveries().released(packetId);
		}
		else if (this.session.outbox().acknowledged(type, packetId, reason)) {
			this.connection.useless().useful();
		}
		else {
			this.connection.useless().useless();
		}
	}

	@Override
	public void subscribed(int packetId, ByteBuf codes) throws MqttViolation {
		requireGreeting();
		if (!this.session.subscriptions().answered(packetId, codes.readUnsignedByte())) {
			this.connection.useless().useless();
		}
	}

	@Override
	public void unsubscribed(int packetId) throws MqttViolation {
		requireGreeting();
		if (!this.session.subscriptions().unsubscribed(packetId)) {
			this.connection.useless().useless();
		}
	}

	@Override
	public void pong() throws MqttViolation {
		requireGreeting();
		this.connection.useless().useless();
	}

	@Override
	public void disconnected(int reason, MqttProperties properties) {
		this.connection.disconnected(reason, properties);
	}

}
