package io.securestreams.transport.mqtt.flow;

import io.securestreams.transport.mqtt.frame.MqttViolation;

/**
 * Counts packets of no use, such as answers that nobody waits for: so many more than
 * those of use end a connection.
 */
public final class UselessPackets {

	private final int most;

	private int count;

	public UselessPackets(int most) {
		this.most = most;
	}

	/** There is a connection. */
	public void reset() {
		this.count = 0;
	}

	/** A packet of no use has come. */
	public void useless() throws MqttViolation {
		if (++this.count > this.most) {
			throw new MqttViolation(MqttViolation.MESSAGE_RATE_TOO_HIGH,
					"more than " + this.most + " packets of no use");
		}
	}

	/** A packet of use has come. */
	public void useful() {
		if (this.count > 0) {
			this.count--;
		}
	}

}
