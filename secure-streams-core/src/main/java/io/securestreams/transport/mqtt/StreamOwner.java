package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.flow.InFlightMessage;

/**
 * A stream as the session knows it: outlives the stream's connections, and its transport
 * when the policy changes, for answers may come later.
 */
final class StreamOwner implements InFlightMessage.Answered {

	private final Deque<Owed> owed = new ArrayDeque<>(0);

	private @Nullable MqttClientTransport member;

	/** Messages that the stream has not been told the fate of. */
	private int inFlight;

	private boolean gone;

	/** The stream has another transport, or is connecting again. */
	void member(MqttClientTransport current) {
		this.member = current;
		this.gone = false;
	}

	@Nullable MqttClientTransport member() {
		return this.member;
	}

	/** The stream is no more. */
	void gone() {
		this.gone = true;
		this.member = null;
		this.owed.clear();
	}

	boolean isGone() {
		return this.gone;
	}

	void sent() {
		this.inFlight++;
	}

	boolean isInFlight() {
		return this.inFlight > 0;
	}

	@Override
	public void answered(long ordinal, boolean accepted) {
		MqttClientTransport current = this.member;
		if (this.gone) {
			this.inFlight--;
		}
		else if (current != null && current.isConnected() && this.owed.isEmpty()) {
			this.inFlight--;
			current.answered(ordinal, accepted);
		}
		else {
			this.owed.add(new Owed(ordinal, accepted));
		}
	}

	@Override
	public void dropped() {
		this.inFlight--;
	}

	@Override
	public void lost(long ordinal) {
		if (this.gone) {
			this.inFlight--;
		}
		else {
			this.owed.add(new Owed(ordinal, false));
		}
	}

	/** The stream is connected: tells it what it has missed. */
	void settle(MqttClientTransport current) {
		while (current.isConnected() && this.member == current) {
			Owed next = this.owed.poll();
			if (next == null) {
				return;
			}
			this.inFlight--;
			current.answered(next.ordinal, next.accepted);
		}
	}

	private record Owed(long ordinal, boolean accepted) {

	}

}
