package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.transport.mqtt.frame.MqttProperties;

/**
 * A message from the broker, until it has been acknowledged. One that streams take at
 * once is used again.
 */
final class IncomingMessage {

	int id;

	int qos;

	String topic = "";

	boolean retained;

	MqttProperties properties = MqttProperties.NONE;

	/** All of it has come. */
	boolean complete;

	/** So many streams have not had it. */
	int waiting;

	/** A stream has left without it. */
	boolean abandoned;

	/** The connection it came by is gone, so that it cannot be acknowledged. */
	boolean stale;

	/** Of QoS 2: who has had it. */
	private @Nullable List<ClientLink> had;

	void set(int packetId, int quality, String name) {
		this.id = packetId;
		this.qos = quality;
		this.topic = name;
		this.complete = false;
		this.waiting = 0;
		this.abandoned = false;
		this.stale = false;
		this.had = null;
	}

	/** A stream has had the whole of it. */
	void had(ClientLink link) {
		if (this.qos == 2) {
			if (this.had == null) {
				this.had = new ArrayList<>(2);
			}
			this.had.add(link);
		}
	}

	List<ClientLink> had() {
		return (this.had != null) ? this.had : List.of();
	}

}
