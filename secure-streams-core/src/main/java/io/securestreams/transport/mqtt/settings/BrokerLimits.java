package io.securestreams.transport.mqtt.settings;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.MqttPolicy;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.topic.FilterRelation;

/**
 * What an MQTT 5 broker says in CONNACK that it does not do.
 *
 * @param maximumQos of publishing
 * @param retains whether it retains messages
 * @param wildcards whether filters may have them
 * @param shares whether subscriptions may be shared
 * @param identifiers whether subscriptions may have numbers
 * @param receiveMaximum most messages of QoS 1 and 2 under way to it
 * @param exactlyOnceMaximum most of those of QoS 2
 * @param maximumPacketSize bytes
 * @param topicAliases how many it takes
 */
public record BrokerLimits(int maximumQos, boolean retains, boolean wildcards, boolean shares, boolean identifiers,
		int receiveMaximum, int exactlyOnceMaximum, long maximumPacketSize, int topicAliases) {

	private static final int MAX = 65535;

	/**
	 * Brokers end connections over more messages of QoS 2, and in MQTT 3.1.1 cannot say
	 * of how many: what Mosquitto takes by default.
	 */
	private static final int UNTOLD_EXACTLY_ONCE = 20;

	/**
	 * Reads limits.
	 * @param properties of CONNACK
	 * @param version5 whether MQTT 5 is spoken
	 * @return the limits
	 * @throws MqttViolation if nothing could be sent: the standard forbids to say so
	 */
	public static BrokerLimits of(MqttProperties properties, boolean version5) throws MqttViolation {
		requireSome(properties, MqttProperties.RECEIVE_MAXIMUM, "receive maximum");
		requireSome(properties, MqttProperties.MAXIMUM_PACKET_SIZE, "maximum packet size");
		return new BrokerLimits((int) properties.number(MqttProperties.MAXIMUM_QOS, 2),
				properties.number(MqttProperties.RETAIN_AVAILABLE, 1) == 1,
				properties.number(MqttProperties.WILDCARDS_AVAILABLE, 1) == 1,
				properties.number(MqttProperties.SHARED_AVAILABLE, 1) == 1,
				version5 && properties.number(MqttProperties.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 1) == 1,
				(int) properties.number(MqttProperties.RECEIVE_MAXIMUM, MAX),
				version5 ? (int) properties.number(MqttProperties.RECEIVE_MAXIMUM, MAX) : UNTOLD_EXACTLY_ONCE,
				properties.number(MqttProperties.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE),
				(int) properties.number(MqttProperties.TOPIC_ALIAS_MAXIMUM, 0));
	}

	private static void requireSome(MqttProperties properties, int id, String what) throws MqttViolation {
		if (properties.has(id, 0)) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "CONNACK with a " + what + " of 0");
		}
	}

	/**
	 * Tells why a stream cannot work here.
	 * @param policy of the stream
	 * @param birth its birth message
	 * @param filters what it subscribes to
	 * @return the reason, {@code null} if it can
	 */
	public @Nullable String objection(MqttPolicy policy, ConnectSettings.@Nullable Message birth,
			List<String> filters) {
		boolean publishes = policy.topic() != null;
		if (publishes && policy.qos() > this.maximumQos) {
			return "the broker takes QoS " + this.maximumQos + " at most (mqtt_qos: " + policy.qos() + ")";
		}
		if (birth != null && birth.qos() > this.maximumQos) {
			return "the broker takes QoS " + this.maximumQos + " at most (mqtt_birth_qos: " + birth.qos() + ")";
		}
		if (!this.retains && ((publishes && policy.retain()) || (birth != null && birth.retain()))) {
			return "the broker does not retain messages (mqtt_retain, mqtt_birth_retain)";
		}
		for (String filter : filters) {
			if (!this.wildcards && FilterRelation.isWild(filter)) {
				return "the broker knows no wildcards: " + filter;
			}
			if (!this.shares && FilterRelation.isShared(filter)) {
				return "the broker knows no shared subscriptions: " + filter;
			}
		}
		return null;
	}

}
