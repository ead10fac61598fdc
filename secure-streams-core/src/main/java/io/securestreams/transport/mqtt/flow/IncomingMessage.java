package io.securestreams.transport.mqtt.flow;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.MqttProperties;

/**
 * A message from the broker, until it has been acknowledged. One that streams take at
 * once is used again.
 */
public final class IncomingMessage {

	public int id;

	public int qos;

	public String topic = "";

	public boolean retained;

	public MqttProperties properties = MqttProperties.NONE;

	/** All of it has come. */
	public boolean complete;

	/** So many streams have not had it. */
	public int waiting;

	/** A stream has left without it. */
	public boolean abandoned;

	/** So many streams that are not there are to have it. */
	public int unclaimed;

	/**
	 * Has been acknowledged although a stream has not had it: only this is left of it.
	 */
	public boolean detached;

	/** The connection it came by is gone, so that it cannot be acknowledged. */
	public boolean stale;

	/** Of QoS 2: who has had it. */
	private @Nullable List<Object> had;

	public void set(int packetId, int quality, String name) {
		this.id = packetId;
		this.qos = quality;
		this.topic = name;
		this.complete = false;
		this.waiting = 0;
		this.unclaimed = 0;
		this.abandoned = false;
		this.stale = false;
		this.detached = false;
		this.had = null;
	}

	/**
	 * Makes one of it that a stream still has to get, though the broker does not wait any
	 * more.
	 */
	public IncomingMessage detach() {
		IncomingMessage copy = new IncomingMessage();
		copy.set(0, this.qos, this.topic);
		copy.properties = this.properties;
		copy.complete = this.complete;
		copy.detached = true;
		return copy;
	}

	/** Whether it is kept for a stream that does not get to its end. */
	public boolean isKept() {
		return this.id != 0 || this.detached;
	}

	/** A stream has had the whole of it, or is going to. */
	public void had(Object stream) {
		if (this.qos == 2) {
			if (this.had == null) {
				this.had = new ArrayList<>(2);
			}
			this.had.add(stream);
		}
	}

	public List<Object> had() {
		return (this.had != null) ? this.had : List.of();
	}

}
