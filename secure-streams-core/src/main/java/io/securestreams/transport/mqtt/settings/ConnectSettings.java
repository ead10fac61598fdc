package io.securestreams.transport.mqtt.settings;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MqttOptions;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.topic.TopicFilter;
import io.securestreams.transport.mqtt.wire.SocketWire;
import org.jspecify.annotations.Nullable;

/**
 * What decides how a connection to a broker is made. Streams with equal settings share
 * one.
 *
 * @param origin where to connect and how
 * @param clientId client id, empty for one that is made up
 * @param username user name, or {@code null}
 * @param password password, or {@code null}
 * @param keepAliveSeconds 0 for none
 * @param cleanStart whether the session starts afresh each time
 * @param will or {@code null}
 * @param options version of MQTT and what it has besides
 * @param path of the WebSocket that carries it, {@code null} for the usual one
 * @param lane tells connections apart that are otherwise equal
 */
public record ConnectSettings(Origin origin, String clientId, @Nullable Secret username, @Nullable Secret password,
		int keepAliveSeconds, boolean cleanStart, @Nullable Message will, MqttOptions options, @Nullable String path,
		int lane) {

	/** Metadata of this name, or mapped to it, goes before the blob. */
	private static final String CLIENT_ID = "mqtt_client_id";

	private static final String USERNAME = "mqtt_username";

	private static final String PASSWORD = "mqtt_password";

	private static final int MAX_CLIENT_ID = 128;

	/**
	 * Works out the settings of a stream's attempt.
	 * @param link the stream
	 * @param blobs system blobs
	 * @return the settings
	 * @throws IllegalArgumentException if a value is none that MQTT takes
	 */
	public static ConnectSettings of(ClientLink link, SystemBlobs blobs) {
		MqttPolicy policy = (MqttPolicy) link.policy().protocol();
		byte[] id = value(link, blobs, CLIENT_ID, Blob.MQTT_CLIENT_ID);
		String clientId = (id != null) ? text(id) : "";
		if (clientId.length() > MAX_CLIENT_ID) {
			throw new IllegalArgumentException(
					"MQTT client id: " + clientId.length() + " characters (expected: at most " + MAX_CLIENT_ID + ")");
		}
		return new ConnectSettings(SocketWire.origin(link), clientId,
				secret(value(link, blobs, USERNAME, Blob.MQTT_USERNAME)),
				secret(value(link, blobs, PASSWORD, Blob.MQTT_PASSWORD)), policy.keepAliveSeconds(),
				policy.cleanStart() || clientId.isEmpty(), Message.of(policy.will(), link.metadata()),
				connection(policy.options()), policy.options().overWebSocket() ? link.target().path() : null, 0);
	}

	/** How long messages are of use is no matter of the connection. */
	private static MqttOptions connection(MqttOptions options) {
		return new MqttOptions(options.version(), options.sessionExpirySeconds(), 0, options.willDelaySeconds(),
				options.overWebSocket(), options.overHttp2());
	}

	private static @Nullable Secret secret(byte @Nullable [] value) {
		return (value != null) ? new Secret(value) : null;
	}

	private static byte @Nullable [] value(ClientLink link, SystemBlobs blobs, String name, Blob blob) {
		StreamPolicy policy = link.policy();
		MetadataAccess metadata = link.metadata();
		for (int i = 0; i < policy.metadata().size(); i++) {
			if (policy.metadata().get(i).name().equals(name) || policy.metadata().get(i).headerName().equals(name)) {
				String value = metadata.value(i);
				if (value != null) {
					return MqttText.encode(value);
				}
			}
		}
		return blobs.get(blob);
	}

	private static String text(byte[] id) {
		String text = new String(id, StandardCharsets.UTF_8);
		MqttText.encode(text);
		return text;
	}

	/**
	 * Returns these settings with another client id.
	 * @param id the client id
	 * @return a copy
	 */
	public ConnectSettings withClientId(String id) {
		return new ConnectSettings(this.origin, id, this.username, this.password, this.keepAliveSeconds,
				this.cleanStart, this.will, this.options, this.path, this.lane);
	}

	/**
	 * Returns these settings for another connection.
	 * @param number tells it apart
	 * @return a copy
	 */
	public ConnectSettings withLane(int number) {
		return new ConnectSettings(this.origin, this.clientId, this.username, this.password, this.keepAliveSeconds,
				this.cleanStart, this.will, this.options, this.path, number);
	}

	/** Names the policy keys in which these settings differ from others. */
	public List<String> differences(ConnectSettings other) {
		List<String> names = new ArrayList<>();
		compare(names, "tls, socks5 or priority", this.origin, other.origin);
		compare(names, "client id", this.clientId, other.clientId);
		compare(names, "user name or password", Arrays.asList(this.username, this.password),
				Arrays.asList(other.username, other.password));
		compare(names, "mqtt_keep_alive", this.keepAliveSeconds, other.keepAliveSeconds);
		compare(names, "mqtt_clean_start", this.cleanStart, other.cleanStart);
		compare(names, "mqtt_will_*", this.will, other.will);
		compare(names, "mqtt_version, its options or mqtt_over_ws", Arrays.asList(this.options, this.path),
				Arrays.asList(other.options, other.path));
		return names;
	}

	private static void compare(List<String> names, String name, @Nullable Object one, @Nullable Object other) {
		if (!Objects.equals(one, other)) {
			names.add(name);
		}
	}

	/** Without anything that might be secret. */
	@Override
	public String toString() {
		return "ConnectSettings[" + this.origin.address() + "]";
	}

	/**
	 * A user name or password. Never printed.
	 *
	 * @param bytes the value
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Secret(byte[] bytes) {

		/**
		 * Whether a text tells it.
		 * @param text what a broker says
		 * @return {@code true} if it is a part of the text
		 */
		boolean isIn(String text) {
			return this.bytes.length > 0 && text.contains(new String(this.bytes, StandardCharsets.UTF_8));
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Secret secret && Arrays.equals(secret.bytes, this.bytes);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.bytes);
		}

		@Override
		public String toString() {
			return "***";
		}

	}

	/**
	 * A message that the policy defines, with its symbols replaced.
	 *
	 * @param topic where it goes
	 * @param payload its content
	 * @param qos 0..2
	 * @param retain whether it is retained
	 */
	public record Message(String topic, String payload, int qos, boolean retain) {

		/** Most bytes a will can have. */
		private static final int MAX_PAYLOAD = 65535;

		/**
		 * Replaces the symbols of a message.
		 * @param message as the policy has it, or {@code null}
		 * @param metadata the stream's
		 * @return the message, {@code null} if there is none
		 * @throws IllegalArgumentException if it cannot be sent
		 */
		public static @Nullable Message of(MqttPolicy.@Nullable Message message, MetadataAccess metadata) {
			if (message == null) {
				return null;
			}
			Message expanded = new Message(TopicSymbols.expand(message.topic(), metadata),
					message.payload().expand(metadata::symbol), message.qos(), message.retain());
			TopicFilter.requireTopic(expanded.topic);
			MqttText.encode(expanded.topic);
			if (expanded.bytes().length > MAX_PAYLOAD) {
				throw new IllegalArgumentException("a will or birth message of " + expanded.bytes().length
						+ " bytes (expected: at most " + MAX_PAYLOAD + ")");
			}
			return expanded;
		}

		/**
		 * Encodes the content.
		 * @return the payload
		 */
		public byte[] bytes() {
			return this.payload.getBytes(StandardCharsets.UTF_8);
		}

	}

}
