package io.securestreams.policy;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A streamtype over MQTT; README section "MQTT transport".
 *
 * @param topic topic this streamtype publishes to ({@code mqtt_topic}), or {@code null}
 * @param subscribe topic filters it subscribes to ({@code mqtt_subscribe}); may be empty
 * @param qos quality of service of publishing and subscribing, 0..2 ({@code mqtt_qos})
 * @param retain RETAIN on publishes ({@code mqtt_retain})
 * @param keepAliveSeconds keep-alive of CONNECT ({@code mqtt_keep_alive})
 * @param cleanStart clean session ({@code mqtt_clean_start})
 * @param will the will ({@code mqtt_will_*}), or {@code null}
 * @param birth message published once connected ({@code mqtt_birth_*}), or {@code null}
 * @param awsIot limits and topics of AWS IoT ({@code aws_iot})
 * @param options what there is beyond version 3.1.1 on a socket
 */
public record MqttPolicy(@Nullable Template topic, List<Template> subscribe, int qos, boolean retain,
		int keepAliveSeconds, boolean cleanStart, @Nullable Message will, @Nullable Message birth, boolean awsIot,
		MqttOptions options) implements ProtocolPolicy {

	public MqttPolicy {
		subscribe = List.copyOf(subscribe);
		if (qos < 0 || qos > 2) {
			throw new IllegalArgumentException("mqtt_qos: " + qos + " (expected: 0..2)");
		}
	}

	@Override
	public Protocol protocol() {
		return Protocol.MQTT;
	}

	/**
	 * A message that the policy itself defines.
	 *
	 * @param topic where it goes
	 * @param payload its content
	 * @param qos quality of service, 0..2
	 * @param retain whether the broker retains it
	 */
	public record Message(Template topic, Template payload, int qos, boolean retain) {

	}

}
