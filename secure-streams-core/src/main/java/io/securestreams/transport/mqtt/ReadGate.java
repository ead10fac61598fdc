package io.securestreams.transport.mqtt;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * Keeps what waits for slow streams within bounds: one that is alone stops the
 * connection, one among others has to leave it. On the session's executor.
 */
final class ReadGate {

	private final BrokerSession session;

	private final BrokerConnection connection;

	/** Reading has been stopped for a stream that does not keep up. */
	private boolean stopped;

	ReadGate(BrokerSession session, BrokerConnection connection) {
		this.session = session;
		this.connection = connection;
	}

	/** The connection is gone. */
	void down() {
		this.stopped = false;
	}

	boolean isStopped() {
		return this.stopped;
	}

	private boolean isAlone() {
		return this.session.members().size() == 1;
	}

	private int most() {
		return this.session.limits().maxHeld();
	}

	/** Whether a stream may be given a message that is coming in. */
	boolean hasRoom(MqttClientTransport target, int qos) {
		return qos > 0 || isAlone() || target.inbox().heldBytes() < most();
	}

	/** A stream has been given a piece; what it does not take is held, up to a point. */
	void taken(MqttClientTransport target) {
		if (target.inbox().heldBytes() <= most() || !this.connection.isOpen()) {
			return;
		}
		if (!target.isConnected() && this.session.members().contains(target)) {
			// SUBACK is behind it, and would never be read
			this.session.proven(target);
			target.inbox().drain(Integer.MAX_VALUE);
			if (target.inbox().heldBytes() <= most() || !this.connection.isOpen()) {
				return;
			}
		}
		if (isAlone()) {
			stop();
		}
		else {
			target.evicted(StreamFailure.sent(Phase.CONNECTION,
					"the stream does not keep up with the broker: more than " + most()
							+ " bytes are waiting for it, and others share the connection",
					this.connection.peer(), null));
		}
	}

	void stop() {
		this.stopped = true;
		this.connection.read(false);
	}

	/** Reads again, if there is room. */
	void resume() {
		if (!this.stopped || !this.connection.isOpen() || this.session.deliveries().isFull()) {
			return;
		}
		for (MqttClientTransport member : this.session.members()) {
			if (isAlone() && member.inbox().heldBytes() > most() / 2) {
				return;
			}
		}
		this.stopped = false;
		this.connection.read(true);
	}

}
