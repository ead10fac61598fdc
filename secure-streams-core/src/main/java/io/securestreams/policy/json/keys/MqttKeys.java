package io.securestreams.policy.json.keys;

import java.util.List;
import java.util.function.Function;

import io.securestreams.policy.MqttOptions;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.MqttPolicy.Message;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueReader;
import io.securestreams.policy.json.table.ValueType;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * MQTT.
 */
public final class MqttKeys {

	static final Theme THEME = new Theme("MQTT",
			"Clients have `\"protocol\": \"mqtt\"`, which is MQTT 3.1.1, or MQTT 5. Streams to one broker with equal settings of the "
					+ "connection (TLS, keep alive, clean start, will, client id, user name and password) share it.");

	public static final Key<Template> MQTT_TOPIC = THEME.template("mqtt_topic", Scope.MQTT)
		.from(mqtt(MqttPolicy::topic))
		.example("\"protocol\": \"mqtt\", \"mqtt_topic\": \"plant/${line}/state\", \"mqtt_qos\": 1")
		.more("Worked out anew for each message.")
		.says("Topic to publish to.");

	private static final int MAX_FILTERS = 64;

	private static final ValueReader<List<Template>> FILTER_LIST = Values.list(Types.TEMPLATE.reader(), 1, MAX_FILTERS,
			"a topic filter, or an array of them");

	private static final ValueType<List<Template>> FILTERS = new ValueType<>(
			"text with `${name}` symbols, or an array of at most " + MAX_FILTERS + " of them",
			"{\"anyOf\":[" + Types.TEMPLATE.schema() + ",{\"type\":\"array\",\"minItems\":1,\"maxItems\":" + MAX_FILTERS
					+ ",\"items\":" + Types.TEMPLATE.schema() + "}]}",
			MqttKeys::filters);

	public static final Key<List<Template>> MQTT_SUBSCRIBE = THEME.key("mqtt_subscribe", FILTERS, Scope.MQTT)
		.or(List.of())
		.from(mqtt(MqttPolicy::subscribe))
		.otherwise("none")
		.example("\"protocol\": \"mqtt\", \"mqtt_subscribe\": [ \"plant/+/state\", \"$share/workers/jobs/#\" ]")
		.more("The stream is connected once the broker has granted it. The topic of a message is metadata `topic`, "
				+ "where that is declared.")
		.says("Topic filter to subscribe to, or several.");

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
		.more("Topics have 256 bytes at most, port 443 is told by ALPN that MQTT comes, and a message "
				+ "that gets, updates or deletes a device shadow is published once the stream has subscribed to the "
				+ "topic's `/accepted` and `/rejected`, which ends with the answer, after a minute at the latest.")
		.says("Whether the broker is AWS IoT.");

	static final Key<Integer> MQTT_VERSION = THEME.key("mqtt_version", Types.integer(3, 5), Scope.MQTT)
		.or(3)
		.from(options(MqttOptions::version))
		.more("""
				Of MQTT 5, metadata that is mapped to `content-type:`, `response-topic:` or `correlation-data:` is that \
				property of messages, and to any other name a user property. Received ones are read the same way.""")
		.says("5 for MQTT 5; 3 and 4 are MQTT 3.1.1.");

	static final Key<Long> MQTT_SESSION_EXPIRY = THEME.key("mqtt_session_expiry", Types.seconds(), Scope.MQTT)
		.or(0L)
		.needs(MQTT_VERSION)
		.from(options(MqttOptions::sessionExpirySeconds))
		.otherwise("for ever, unless the session starts afresh")
		.says("MQTT 5: how long the broker keeps the session when the connection is gone, s.");

	static final Key<Long> MQTT_MESSAGE_EXPIRY = THEME.key("mqtt_message_expiry", Types.seconds(), Scope.MQTT)
		.or(0L)
		.needs(MQTT_VERSION)
		.from(options(MqttOptions::messageExpirySeconds))
		.otherwise("for ever")
		.says("MQTT 5: how long a message is of use to anybody, s.");

	static final Key<Long> MQTT_WILL_DELAY = THEME.key("mqtt_will_delay", Types.seconds(), Scope.MQTT)
		.or(0L)
		.needs(MQTT_WILL_TOPIC)
		.from(options(MqttOptions::willDelaySeconds))
		.says("MQTT 5: how long the broker waits for another connection before it publishes the will, s.");

	static final Key<Boolean> MQTT_OVER_WS = THEME.flag("mqtt_over_ws", Scope.MQTT)
		.from(options(MqttOptions::overWebSocket))
		.example(
				"\"protocol\": \"mqtt\", \"endpoint\": \"wss://broker.example/mqtt\", \"tls\": true, \"mqtt_over_ws\": true")
		.more("Its path is that of the endpoint, else `/mqtt`. With `ws_over_h2` it is opened on HTTP/2.")
		.says("Whether MQTT travels in a WebSocket.");

	/** What is published to. */
	public static final List<Key<Template>> TOPICS = List.of(MQTT_TOPIC, MQTT_WILL_TOPIC, MQTT_BIRTH_TOPIC);

	private MqttKeys() {
	}

	private static @Nullable List<Template> filters(JsonValue value, DocumentContext document) {
		if (value instanceof JsonValue.ArrayValue) {
			return FILTER_LIST.read(value, document);
		}
		Template one = Types.TEMPLATE.reader().read(value, document);
		return (one != null) ? (one.text().isEmpty() ? List.of() : List.of(one)) : null;
	}

	private static <T> Finder<T> options(Finding<MqttOptions, T> value) {
		return mqtt((mqtt) -> value.apply(mqtt.options()));
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
		return new MqttPolicy(topic(MQTT_TOPIC, from), from.get(MQTT_SUBSCRIBE), from.get(MQTT_QOS),
				from.get(MQTT_RETAIN), from.get(MQTT_KEEP_ALIVE), from.get(MQTT_CLEAN_START),
				message(MQTT_WILL_TOPIC, MQTT_WILL_MESSAGE, MQTT_WILL_QOS, MQTT_WILL_RETAIN, from),
				message(MQTT_BIRTH_TOPIC, MQTT_BIRTH_MESSAGE, MQTT_BIRTH_QOS, MQTT_BIRTH_RETAIN, from),
				from.get(AWS_IOT),
				new MqttOptions(from.get(MQTT_VERSION), from.get(MQTT_SESSION_EXPIRY), from.get(MQTT_MESSAGE_EXPIRY),
						from.get(MQTT_WILL_DELAY), from.get(MQTT_OVER_WS), from.get(WebSocketKeys.WS_OVER_H2)));
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
