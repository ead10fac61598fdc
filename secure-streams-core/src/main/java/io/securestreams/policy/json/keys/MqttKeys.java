package io.securestreams.policy.json.keys;

import java.util.function.Function;

import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.MqttPolicy.Message;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Values;
import org.jspecify.annotations.Nullable;

/**
 * MQTT.
 */
final class MqttKeys {

	static final Theme THEME = new Theme("MQTT",
			"Clients have `\"protocol\": \"mqtt\"`, which is MQTT 3.1.1. Streams to one broker with equal settings of the "
					+ "connection (TLS, keep alive, clean start, will, client id, user name and password) share it.");

	static final Key<Template> MQTT_TOPIC = THEME.template("mqtt_topic", Scope.MQTT)
		.from(mqtt(MqttPolicy::topic))
		.example("\"protocol\": \"mqtt\", \"mqtt_topic\": \"plant/${line}/state\", \"mqtt_qos\": 1")
		.more("Worked out anew for each message.")
		.says("Topic to publish to.");

	static final Key<Template> MQTT_SUBSCRIBE = THEME.template("mqtt_subscribe", Scope.MQTT)
		.from(mqtt(MqttPolicy::subscribe))
		.more("The stream is connected once the broker has granted it. The topic of a message is metadata `topic`, "
				+ "where that is declared.")
		.says("Topic filter to subscribe to.");

	static final Key<Integer> MQTT_QOS = THEME.integer("mqtt_qos", 2, Scope.MQTT)
		.from(mqtt(MqttPolicy::qos))
		.older("mqtt qos")
		.says("Quality of service of publishing and subscribing.");

	static final Key<Boolean> MQTT_RETAIN = THEME.flag("mqtt_retain", Scope.MQTT)
		.from(mqtt(MqttPolicy::retain))
		.says("Whether the broker retains what is published.");

	static final Key<Integer> MQTT_KEEP_ALIVE = THEME.integer("mqtt_keep_alive", Values.U16, Scope.MQTT)
		.from(mqtt(MqttPolicy::keepAliveSeconds))
		.more("The broker is asked for a sign of life after it, or `svalidping`, whichever is less.")
		.says("Keep alive, s.");

	static final Key<Boolean> MQTT_CLEAN_START = THEME.flag("mqtt_clean_start", Scope.MQTT)
		.from(mqtt(MqttPolicy::cleanStart))
		.more("If not, the broker keeps subscriptions and messages of QoS 1 and 2 while there is no connection, which "
				+ "needs a client id: the system blob, or metadata `mqtt_client_id`.")
		.says("Whether the session starts afresh with each connection.");

	static final Key<Template> MQTT_WILL_TOPIC = THEME.template("mqtt_will_topic", Scope.MQTT)
		.from(will(Message::topic))
		.says("The will message: topic.");

	static final Key<Template> MQTT_WILL_MESSAGE = THEME.template("mqtt_will_message", Scope.MQTT)
		.needs(MQTT_WILL_TOPIC)
		.from(will(Message::payload))
		.says("The will message: payload.");

	static final Key<Integer> MQTT_WILL_QOS = THEME.integer("mqtt_will_qos", 2, Scope.MQTT)
		.from(will(Message::qos))
		.says("The will message: quality of service.");

	static final Key<Boolean> MQTT_WILL_RETAIN = THEME.flag("mqtt_will_retain", Scope.MQTT)
		.from(will(Message::retain))
		.says("The will message: whether it is retained.");

	static final Key<Template> MQTT_BIRTH_TOPIC = THEME.template("mqtt_birth_topic", Scope.MQTT)
		.from(birth(Message::topic))
		.says("A message that is published when the connection is made: topic.");

	static final Key<Template> MQTT_BIRTH_MESSAGE = THEME.template("mqtt_birth_message", Scope.MQTT)
		.needs(MQTT_BIRTH_TOPIC)
		.from(birth(Message::payload))
		.says("A message that is published when the connection is made: payload.");

	static final Key<Integer> MQTT_BIRTH_QOS = THEME.integer("mqtt_birth_qos", 2, Scope.MQTT)
		.from(birth(Message::qos))
		.says("A message that is published when the connection is made: quality of service.");

	static final Key<Boolean> MQTT_BIRTH_RETAIN = THEME.flag("mqtt_birth_retain", Scope.MQTT)
		.from(birth(Message::retain))
		.says("A message that is published when the connection is made: whether it is retained.");

	static final Key<Boolean> AWS_IOT = THEME.flag("aws_iot", Scope.MQTT)
		.from(mqtt(MqttPolicy::awsIot))
		.says("Whether the broker is AWS IoT.");

	private MqttKeys() {
	}

	private static <T> Finder<T> mqtt(Finding<MqttPolicy, T> value) {
		return (stream) -> (stream.protocol() instanceof MqttPolicy mqtt) ? value.apply(mqtt) : null;
	}

	private static <T> Finder<T> will(Function<Message, T> value) {
		return mqtt((mqtt) -> (mqtt.will() != null) ? value.apply(mqtt.will()) : null);
	}

	private static <T> Finder<T> birth(Function<Message, T> value) {
		return mqtt((mqtt) -> (mqtt.birth() != null) ? value.apply(mqtt.birth()) : null);
	}

	static MqttPolicy policy(Draft from) {
		return new MqttPolicy(topic(MQTT_TOPIC, from), topic(MQTT_SUBSCRIBE, from), from.get(MQTT_QOS),
				from.get(MQTT_RETAIN), from.get(MQTT_KEEP_ALIVE), from.get(MQTT_CLEAN_START),
				message(MQTT_WILL_TOPIC, MQTT_WILL_MESSAGE, MQTT_WILL_QOS, MQTT_WILL_RETAIN, from),
				message(MQTT_BIRTH_TOPIC, MQTT_BIRTH_MESSAGE, MQTT_BIRTH_QOS, MQTT_BIRTH_RETAIN, from),
				from.get(AWS_IOT));
	}

	private static @Nullable Template topic(Key<Template> key, Draft from) {
		Template topic = from.get(key);
		return topic.text().isEmpty() ? null : topic;
	}

	private static @Nullable Message message(Key<Template> topicKey, Key<Template> payload, Key<Integer> qos,
			Key<Boolean> retain, Draft from) {
		Template topic = topic(topicKey, from);
		return (topic != null) ? new Message(topic, from.get(payload), from.get(qos), from.get(retain)) : null;
	}

	/**
	 * Finds a value that need not be there.
	 */
	@FunctionalInterface
	private interface Finding<S, T> {

		@Nullable T apply(S source);

	}

}
