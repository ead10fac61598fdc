package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.settings.ConnectSettings;
import io.securestreams.transport.mqtt.flow.InFlightMessage;

/**
 * The message that the policy publishes on each new network connection, before the
 * streams that want it are connected. On the session's executor.
 */
final class BirthMessage implements InFlightMessage.Answered {

	private static final Logger log = LoggerFactory.getLogger(BirthMessage.class);

	private static final byte[] NO_PROPERTIES = {};

	private final BrokerSession session;

	private final List<MqttClientTransport> waiting = new ArrayList<>(1);

	private boolean sent;

	private boolean done;

	/** Whose it is that has been sent. */
	private String sender = "";

	/** Why the broker has refused it last, as the log has it, 0 if it has not. */
	private int refused;

	BirthMessage(BrokerSession session) {
		this.session = session;
	}

	/** The connection is gone. */
	void down() {
		this.sent = false;
		this.done = false;
		this.sender = "";
		this.waiting.clear();
	}

	/** A stream has its subscriptions. */
	void publish(MqttClientTransport member) {
		ConnectSettings.Message message = member.birth();
		if (message == null || this.done) {
			this.session.ready(member);
			return;
		}
		if (!this.sent && !send(message)) {
			member.objected("the birth message is longer than the packets that the broker takes");
			return;
		}
		if (this.sender.isEmpty()) {
			this.sender = member.link().policy().name();
		}
		if (!this.waiting.contains(member)) {
			this.waiting.add(member);
		}
	}

	private boolean send(ConnectSettings.Message message) {
		Outbox outbox = this.session.outbox();
		byte[] topic = MqttText.encode(message.topic());
		byte[] payload = message.bytes();
		this.sent = outbox.takes(topic, message.qos(), NO_PROPERTIES, payload.length);
		if (this.sent) {
			outbox.publish(this, message.qos() << 1 | (message.retain() ? 1 : 0), topic, NO_PROPERTIES,
					Unpooled.wrappedBuffer(payload), 0);
			this.session.turns().soon();
		}
		return this.sent;
	}

	/** A stream is not going to be connected by it. */
	void leave(MqttClientTransport member) {
		this.waiting.remove(member);
	}

	@Override
	public void answered(long ordinal, boolean accepted) {
		this.refused = 0;
		done();
	}

	/**
	 * The streams are connected all the same, for nothing of theirs depends on it. Told
	 * once, for it will mostly be refused on the next connection as well.
	 */
	@Override
	public void refused(long ordinal, int reason) {
		if (this.refused != reason) {
			this.refused = reason;
			log.warn(String.format("[%s] the broker refuses the birth message of \"%s\" with reason 0x%02x (%s)",
					this.session, this.sender, reason, meaning(reason)));
		}
		done();
	}

	private static String meaning(int reason) {
		return switch (reason) {
			case 0x83 -> "for reasons of its own";
			case 0x87 -> "not authorized";
			case 0x90 -> "the topic";
			case 0x91 -> "the packet identifier is in use";
			case 0x97 -> "quota exceeded";
			case 0x99 -> "the form of the payload";
			default -> "unspecified";
		};
	}

	private void done() {
		this.done = true;
		// Who is connected may end others
		while (!this.waiting.isEmpty()) {
			this.session.ready(this.waiting.remove(0));
		}
	}

	@Override
	public boolean isPassing() {
		return true;
	}

}
