package io.securestreams.demo.broker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.handler.timeout.IdleStateHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BrokerSessionTests {

	private final TopicRouter router = new TopicRouter();

	private final List<EmbeddedChannel> channels = new ArrayList<>();

	@AfterEach
	void close() {
		this.channels.forEach(EmbeddedChannel::finishAndReleaseAll);
	}

	@Test
	void bringsAMessageOnceAtTheLowerQosAndAcknowledgesIt() {
		EmbeddedChannel publisher = client("p");
		EmbeddedChannel subscriber = client("s");
		assertThat(subscribe(subscriber, MqttQoS.EXACTLY_ONCE, "a/#", "a/+", "a/#/b")).containsExactly(1, 1, 0x80);
		publish(publisher, "a/b", "hello", MqttQoS.AT_LEAST_ONCE, false);
		assertThat(type(publisher.readOutbound())).isEqualTo(MqttMessageType.PUBACK);
		assertThat(delivered(subscriber)).isEqualTo("a/b hello AT_LEAST_ONCE false");
		publish(publisher, "a/b", "again", MqttQoS.AT_MOST_ONCE, false);
		assertThat(delivered(subscriber)).isEqualTo("a/b again AT_MOST_ONCE false");
		assertThat(subscriber.outboundMessages()).isEmpty();
		assertThat(publisher.outboundMessages()).isEmpty();
	}

	@Test
	void retainsUntilAnEmptyMessage() {
		EmbeddedChannel publisher = client("p");
		publish(publisher, "a/b", "kept", MqttQoS.AT_MOST_ONCE, true);
		EmbeddedChannel subscriber = client("s");
		subscribe(subscriber, MqttQoS.AT_LEAST_ONCE, "a/+");
		assertThat(delivered(subscriber)).isEqualTo("a/b kept AT_MOST_ONCE true");
		publish(publisher, "a/b", "", MqttQoS.AT_MOST_ONCE, true);
		assertThat(delivered(subscriber)).isEqualTo("a/b  AT_MOST_ONCE false");
		subscribe(subscriber, MqttQoS.AT_LEAST_ONCE, "a/+");
		assertThat(subscriber.outboundMessages()).isEmpty();
	}

	@Test
	void whoDoesNotAcknowledgeIsDisconnected() {
		EmbeddedChannel publisher = client("p");
		EmbeddedChannel subscriber = client("s");
		subscribe(subscriber, MqttQoS.AT_LEAST_ONCE, "#");
		for (int i = 0; i < BrokerSession.MAX_UNACKNOWLEDGED; i++) {
			publish(publisher, "a", "x", MqttQoS.AT_LEAST_ONCE, false);
		}
		assertThat(subscriber.isOpen()).isTrue();
		publish(publisher, "a", "x", MqttQoS.AT_LEAST_ONCE, false);
		assertThat(subscriber.isOpen()).isFalse();
		assertThat(publisher.isOpen()).isTrue();
	}

	@Test
	void whoUnsubscribesHearsNoMore() {
		EmbeddedChannel client = client("c");
		subscribe(client, MqttQoS.AT_MOST_ONCE, "a");
		client.writeInbound(MqttMessageBuilders.unsubscribe().messageId(2).addTopicFilter("a").build());
		assertThat(type(client.readOutbound())).isEqualTo(MqttMessageType.UNSUBACK);
		publish(client, "a", "x", MqttQoS.AT_MOST_ONCE, false);
		assertThat(client.outboundMessages()).isEmpty();
	}

	@Test
	void theSameClientIdEndsTheConnectionBefore() {
		EmbeddedChannel before = client("c");
		EmbeddedChannel after = client("c");
		assertThat(before.isOpen()).isFalse();
		assertThat(after.isOpen()).isTrue();
	}

	@Test
	void anotherVersionIsRefused() {
		EmbeddedChannel channel = channel();
		channel.writeInbound(MqttMessageBuilders.connect()
			.clientId("c")
			.cleanSession(true)
			.protocolVersion(MqttVersion.MQTT_5)
			.build());
		MqttConnAckMessage answer = channel.readOutbound();
		assertThat(answer.variableHeader().connectReturnCode())
			.isEqualTo(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION);
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void whoDoesNotConnectFirstOrWantsQosTwoIsDisconnected() {
		EmbeddedChannel stranger = channel();
		stranger.writeInbound(MqttMessage.PINGREQ);
		assertThat(stranger.isOpen()).isFalse();
		EmbeddedChannel client = client("c");
		publish(client, "a", "x", MqttQoS.EXACTLY_ONCE, false);
		assertThat(client.isOpen()).isFalse();
	}

	@Test
	void aWillIsPublishedUnlessTheClientSaysGoodbye() {
		EmbeddedChannel subscriber = client("s");
		subscribe(subscriber, MqttQoS.AT_MOST_ONCE, "gone");
		withWill("one").writeInbound(MqttMessage.DISCONNECT);
		assertThat(subscriber.outboundMessages()).isEmpty();
		withWill("two").close();
		assertThat(delivered(subscriber)).isEqualTo("gone two AT_MOST_ONCE false");
	}

	private EmbeddedChannel withWill(String text) {
		EmbeddedChannel channel = channel();
		channel.writeInbound(MqttMessageBuilders.connect()
			.clientId("w")
			.cleanSession(true)
			.protocolVersion(MqttVersion.MQTT_3_1_1)
			.willFlag(true)
			.willTopic("gone")
			.willMessage(text.getBytes(StandardCharsets.UTF_8))
			.build());
		assertThat(type(channel.readOutbound())).isEqualTo(MqttMessageType.CONNACK);
		return channel;
	}

	private EmbeddedChannel client(String clientId) {
		EmbeddedChannel channel = channel();
		channel.writeInbound(MqttMessageBuilders.connect()
			.clientId(clientId)
			.cleanSession(true)
			.protocolVersion(MqttVersion.MQTT_3_1_1)
			.build());
		assertThat(type(channel.readOutbound())).isEqualTo(MqttMessageType.CONNACK);
		return channel;
	}

	private EmbeddedChannel channel() {
		EmbeddedChannel channel = new EmbeddedChannel(new IdleStateHandler(10, 0, 0));
		BrokerSession session = new BrokerSession(this.router, channel);
		assertThat(this.router.enter(session)).isTrue();
		channel.pipeline().addLast(session);
		this.channels.add(channel);
		return channel;
	}

	private static List<Integer> subscribe(EmbeddedChannel channel, MqttQoS qos, String... filters) {
		MqttMessageBuilders.SubscribeBuilder message = MqttMessageBuilders.subscribe().messageId(1);
		for (String filter : filters) {
			message.addSubscription(qos, filter);
		}
		channel.writeInbound(message.build());
		MqttSubAckMessage answer = channel.readOutbound();
		return answer.payload().grantedQoSLevels();
	}

	private static void publish(EmbeddedChannel channel, String topic, String text, MqttQoS qos, boolean retained) {
		channel.writeInbound(MqttMessageBuilders.publish()
			.topicName(topic)
			.qos(qos)
			.retained(retained)
			.messageId(7)
			.payload(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
			.build());
	}

	/** The next message to a client, as text; acknowledged if it wants to be. */
	private static String delivered(EmbeddedChannel channel) {
		MqttPublishMessage message = channel.readOutbound();
		MqttQoS qos = message.fixedHeader().qosLevel();
		String text = message.variableHeader().topicName() + " " + message.payload().toString(StandardCharsets.UTF_8)
				+ " " + qos + " " + message.fixedHeader().isRetain();
		message.release();
		if (qos == MqttQoS.AT_LEAST_ONCE) {
			int id = message.variableHeader().packetId();
			channel.writeInbound(MqttMessageBuilders.pubAck().packetId(id).build());
		}
		return text;
	}

	private static MqttMessageType type(MqttMessage message) {
		return message.fixedHeader().messageType();
	}

}
