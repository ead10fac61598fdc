package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;

import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.settings.ConnectSettings;
import io.securestreams.transport.mqtt.flow.InFlightMessage;

/**
 * The message that the policy publishes on each new network connection, before the
 * streams that want it are connected. On the session's executor.
 */
final class BirthMessage implements InFlightMessage.Answered {

	private static final byte[] NO_PROPERTIES = {};

	private final BrokerSession session;

	private final List<MqttClientTransport> waiting = new ArrayList<>(1);

	private boolean sent;

	private boolean done;

	BirthMessage(BrokerSession session) {
		this.session = session;
	}

	/** The connection is gone. */
	void down() {
		this.sent = false;
		this.done = false;
		this.waiting.clear();
	}

	/** A stream has its subscriptions. */
	void publish(MqttClientTransport member) {
		ConnectSettings.Message message = member.birth();
		if (message == null || this.done) {
			this.session.ready(member);
			return;
		}
		if (!this.waiting.contains(member)) {
			this.waiting.add(member);
		}
		if (!this.sent) {
			this.sent = true;
			this.session.outbox()
				.publish(this, message.qos() << 1 | (message.retain() ? 1 : 0), MqttText.encode(message.topic()),
						NO_PROPERTIES, Unpooled.wrappedBuffer(message.bytes()), 0);
			this.session.turns().soon();
		}
	}

	@Override
	public void answered(long ordinal, boolean accepted) {
		this.done = true;
		List<MqttClientTransport> all = List.copyOf(this.waiting);
		this.waiting.clear();
		for (MqttClientTransport member : all) {
			if (member.isIn(this.session)) {
				this.session.ready(member);
			}
		}
	}

	@Override
	public boolean isPassing() {
		return true;
	}

}
