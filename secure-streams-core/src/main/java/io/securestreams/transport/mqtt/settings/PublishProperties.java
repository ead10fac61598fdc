package io.securestreams.transport.mqtt.settings;

import java.util.List;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.PropertyWriter;

/**
 * Properties of the messages that a stream publishes, of MQTT 5: from its policy, and
 * from metadata that is mapped to one. Worked out anew when metadata has changed.
 */
public final class PublishProperties {

	private static final byte[] NONE = {};

	private final List<MetadataDeclaration> declarations;

	private final MetadataAccess metadata;

	private final boolean version5;

	private final long expirySeconds;

	private byte[] encoded = NONE;

	private int version = -1;

	public PublishProperties(StreamPolicy policy, MetadataAccess metadata) {
		MqttPolicy mqtt = (MqttPolicy) policy.protocol();
		this.declarations = policy.metadata();
		this.metadata = metadata;
		this.version5 = mqtt.options().isVersion5();
		this.expirySeconds = mqtt.options().messageExpirySeconds();
	}

	/** Name of the user property that a declaration is mapped to; case counts. */
	public static String userName(MetadataDeclaration declaration) {
		String name = declaration.entity().strip();
		return name.endsWith(":") ? name.substring(0, name.length() - 1).strip() : name;
	}

	/**
	 * Encodes them.
	 * @return without a length
	 * @throws IllegalArgumentException if a value is none that MQTT takes
	 */
	public byte[] current() {
		if (this.version5 && this.version != this.metadata.version()) {
			int now = this.metadata.version();
			this.encoded = encode();
			this.version = now;
		}
		return this.encoded;
	}

	private byte[] encode() {
		PropertyWriter writer = new PropertyWriter();
		if (this.expirySeconds > 0) {
			writer.four(MqttProperties.MESSAGE_EXPIRY, this.expirySeconds);
		}
		for (int i = 0; i < this.declarations.size(); i++) {
			MetadataDeclaration declaration = this.declarations.get(i);
			String value = declaration.isHeader() ? this.metadata.value(i) : null;
			if (value == null) {
				continue;
			}
			switch (declaration.headerName()) {
				case "content-type" -> writer.text(MqttProperties.CONTENT_TYPE, value);
				case "response-topic" -> writer.text(MqttProperties.RESPONSE_TOPIC, value);
				case "correlation-data" -> writer.text(MqttProperties.CORRELATION_DATA, value);
				case "topic", "mqtt_client_id", "mqtt_username", "mqtt_password" -> {
				}
				default -> writer.user(userName(declaration), value);
			}
		}
		return writer.toByteArray();
	}

}
