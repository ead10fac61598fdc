package io.securestreams.transport.mqtt.settings;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Template;
import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.topic.TopicFilter;

/**
 * Where a stream publishes: worked out anew when metadata has changed. On the stream's
 * executor.
 */
public final class PublishTopic {

	/** Longest topic that AWS IoT takes. */
	private static final int AWS_MAX = 256;

	private final @Nullable Template template;

	private final MetadataAccess metadata;

	private final int max;

	private byte @Nullable [] encoded;

	private int version;

	private String problem = "";

	public PublishTopic(MqttPolicy policy, MetadataAccess metadata) {
		this.template = policy.topic();
		this.metadata = metadata;
		this.max = policy.awsIot() ? AWS_MAX : MqttText.MAX_LENGTH;
	}

	/** The topic, {@code null} if there is none: {@link #problem()} says why. */
	public byte @Nullable [] current() {
		if (this.template == null) {
			this.problem = "the streamtype has no mqtt_topic";
			return null;
		}
		int now = this.metadata.version();
		if (this.encoded == null || (now != this.version && !this.template.isLiteral())) {
			this.version = now;
			this.encoded = encode(this.template);
		}
		return this.encoded;
	}

	private byte @Nullable [] encode(Template from) {
		try {
			String topic = TopicSymbols.expand(from, this.metadata);
			TopicFilter.requireTopic(topic);
			byte[] bytes = MqttText.encode(topic);
			if (bytes.length <= this.max) {
				return bytes;
			}
			this.problem = "mqtt_topic: " + bytes.length + " bytes (expected: at most " + this.max + ")";
		}
		catch (IllegalArgumentException ex) {
			this.problem = "mqtt_topic: " + ex.getMessage();
		}
		return null;
	}

	public String problem() {
		return this.problem;
	}

}
