package io.securestreams.transport.mqtt.settings;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.transport.mqtt.frame.MqttProperties;

/**
 * What of a received message becomes metadata: its topic, for a declaration that is
 * called {@code topic} or mapped to that, and of MQTT 5 the properties that declarations
 * are mapped to.
 */
public final class ReceivedMetadata {

	private static final String TOPIC = "topic";

	private final ClientLink link;

	private final List<MetadataDeclaration> declarations;

	private final int topicIndex;

	private final boolean version5;

	public ReceivedMetadata(ClientLink link) {
		this.link = link;
		this.declarations = link.policy().metadata();
		this.topicIndex = find(this.declarations, TOPIC);
		this.version5 = link.policy().protocol() instanceof MqttPolicy mqtt && mqtt.options().isVersion5()
				&& this.declarations.stream().anyMatch(MetadataDeclaration::isHeader);
	}

	private static int find(List<MetadataDeclaration> declarations, String name) {
		for (int i = 0; i < declarations.size(); i++) {
			MetadataDeclaration declaration = declarations.get(i);
			if (declaration.isHeader() ? declaration.headerName().equals(name) : declaration.name().equals(name)) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * A message is going to be received.
	 * @param topic its topic
	 * @param properties its properties
	 */
	public void set(String topic, MqttProperties properties) {
		if (this.topicIndex >= 0) {
			this.link.metadata().receive(this.topicIndex, topic);
		}
		if (this.version5) {
			for (int i = 0; i < this.declarations.size(); i++) {
				MetadataDeclaration declaration = this.declarations.get(i);
				if (declaration.isHeader() && i != this.topicIndex) {
					this.link.metadata().receive(i, value(declaration, properties));
				}
			}
		}
	}

	private static @Nullable String value(MetadataDeclaration declaration, MqttProperties properties) {
		return switch (declaration.headerName()) {
			case "content-type" -> properties.text(MqttProperties.CONTENT_TYPE);
			case "response-topic" -> properties.text(MqttProperties.RESPONSE_TOPIC);
			case "correlation-data" -> properties.text(MqttProperties.CORRELATION_DATA);
			default -> properties.user(PublishProperties.userName(declaration));
		};
	}

}
