package io.securestreams.transport.mqtt;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.settings.PublishTopic;
import io.securestreams.transport.mqtt.settings.PublishProperties;

/**
 * The message that a stream is writing: a packet needs its length first, so it is
 * collected, unless it is long and its length has been announced. On the stream's
 * executor.
 */
final class OutgoingMessage {

	private static final Logger log = LoggerFactory.getLogger(OutgoingMessage.class);

	private static final byte[] NOTHING = {};

	private final MqttClientTransport member;

	private final PublishTopic topics;

	private final PublishProperties metadata;

	private final int flags;

	private final int maxCollected;

	private Mode mode = Mode.NONE;

	private byte[] topic = NOTHING;

	private byte[] properties = NOTHING;

	private @Nullable ByteBuf collected;

	/** Of a message that is passed on: bytes that have still to come. */
	private long left;

	/** Complete, and waits until fewer are under way. */
	private boolean waiting;

	/** Waits until the broker knows that the stream listens to the answer. */
	private boolean held;

	private long ordinal;

	/** Ordinal of a message that cannot be sent, or -1. */
	private long rejected = -1;

	private String problem = "";

	private String logged = "";

	OutgoingMessage(MqttClientTransport member, PublishTopic topics, int flags, int maxCollected) {
		this.member = member;
		this.metadata = new PublishProperties(member.link().policy(), member.link().metadata());
		this.topics = topics;
		this.flags = flags;
		this.maxCollected = maxCollected;
	}

	/** Whether a message has been started that is not under way yet. */
	boolean isOpen() {
		return this.mode != Mode.NONE;
	}

	boolean isWaiting() {
		return this.waiting;
	}

	boolean isHeld() {
		return this.held;
	}

	/** There may be nothing any more that holds the message. */
	void unhold() {
		this.held = false;
	}

	/** Forgets the message; who thinks that it is under way is told that it is not. */
	void reset() {
		if (this.waiting) {
			lost(this.ordinal);
		}
		if (this.rejected >= 0) {
			lost(this.rejected);
		}
		this.mode = Mode.NONE;
		this.waiting = false;
		this.held = false;
		this.rejected = -1;
		if (this.collected != null) {
			this.collected.release();
			this.collected = null;
		}
	}

	private void lost(long number) {
		StreamOwner owner = this.member.owner();
		owner.sent();
		owner.lost(number);
	}

	void write(BrokerSession session, ByteBuf payload, int marks, long number) {
		if ((marks & PayloadFlags.SOM) != 0) {
			begin(session);
		}
		boolean end = (marks & PayloadFlags.EOM) != 0;
		switch (this.mode) {
			case COLLECTING -> collect(session, payload, end, number);
			case PASSING_ON -> passOn(session, payload, end, number);
			case DISCARDING, NONE -> payload.release();
		}
		if (end && this.mode == Mode.DISCARDING) {
			this.mode = Mode.NONE;
			this.rejected = number;
		}
	}

	private void begin(BrokerSession session) {
		byte[] current = this.topics.current();
		if (current == null) {
			discard(this.topics.problem());
			return;
		}
		this.topic = current;
		try {
			this.properties = this.metadata.current();
		}
		catch (IllegalArgumentException ex) {
			discard("a property that metadata is mapped to: " + ex.getMessage());
			return;
		}
		long length = this.member.link().txLength();
		if (length <= this.maxCollected) {
			this.mode = Mode.COLLECTING;
			return;
		}
		if (!session.outbox().takes(current, qos(), this.properties, length)) {
			discard("a message of " + length + " bytes is more than a packet, or the broker, takes");
			return;
		}
		this.mode = Mode.PASSING_ON;
		this.left = length;
		this.member.owner().sent();
		session.outbox().stream(this.member, this.flags, current, this.properties, (int) length);
	}

	private int qos() {
		return this.flags >> 1;
	}

	private void discard(String why) {
		this.mode = Mode.DISCARDING;
		this.problem = why;
		if (this.collected != null) {
			this.collected.release();
			this.collected = null;
		}
	}

	private void collect(BrokerSession session, ByteBuf payload, boolean end, long number) {
		ByteBuf whole = this.collected;
		if (end && whole == null) {
			send(session, payload, number);
			return;
		}
		int length = payload.readableBytes();
		try {
			if (whole == null) {
				long announced = this.member.link().txLength();
				whole = session.connection()
					.alloc()
					.buffer(Math.max(Math.max(length * 2, 256), (int) Math.min(announced, this.maxCollected)));
				this.collected = whole;
			}
			if ((long) whole.readableBytes() + length > this.maxCollected) {
				discard("a message of more than " + this.maxCollected
						+ " bytes needs its length announced (expected: requestTx(length))");
				return;
			}
			whole.writeBytes(payload, payload.readerIndex(), length);
		}
		finally {
			payload.release();
		}
		if (end) {
			this.collected = null;
			send(session, whole, number);
		}
	}

	private void send(BrokerSession session, ByteBuf whole, long number) {
		Outbox outbox = session.outbox();
		if (!outbox.takes(this.topic, qos(), this.properties, whole.readableBytes())) {
			int length = whole.readableBytes();
			whole.release();
			discard("a message of " + length + " bytes is more than the broker takes");
			return;
		}
		boolean window = qos() == 0 || outbox.hasWindow(qos());
		if (!window || !this.member.wanted().isListening(this.topic, session.subscriptions())) {
			this.collected = whole;
			this.ordinal = number;
			this.waiting = true;
			this.held = window;
			if (!window) {
				session.request(this.member);
			}
			return;
		}
		this.mode = Mode.NONE;
		this.member.wanted().published(this.topic);
		StreamOwner owner = this.member.owner();
		owner.sent();
		outbox.publish(owner, this.flags, this.topic, this.properties, whole, number);
	}

	/** There is room for the message that waits. */
	void resume(BrokerSession session) {
		ByteBuf whole = this.collected;
		this.waiting = false;
		this.collected = null;
		if (whole != null) {
			send(session, whole, this.ordinal);
		}
	}

	private void passOn(BrokerSession session, ByteBuf payload, boolean end, long number) {
		int length = payload.readableBytes();
		this.left -= length;
		if (this.left < 0 || (end && this.left > 0)) {
			payload.release();
			String broken = "the message does not have the length that was announced: it is " + Math.abs(this.left)
					+ " bytes too " + ((this.left < 0) ? "long" : "short");
			log.warn("[{}] {}", this.member.link().tag(), broken);
			if (end) {
				lost(number);
			}
			this.member.evicted(StreamFailure.sent(Phase.APPLICATION, broken, "", null));
			return;
		}
		session.outbox().payload(this.member, payload, end, number);
		if (end) {
			this.mode = Mode.NONE;
		}
	}

	/** After a slot: tells what could not be sent. */
	void afterSlot() {
		long number = this.rejected;
		this.rejected = -1;
		if (number >= 0) {
			if (!this.logged.equals(this.problem)) {
				this.logged = this.problem;
				log.warn("[{}] not published: {}", this.member.link().tag(), this.problem);
			}
			this.member.answered(number, false);
		}
	}

	private enum Mode {

		/** No message. */
		NONE,
		/** Until it is complete. */
		COLLECTING,
		/** Its head has been sent. */
		PASSING_ON,
		/** It cannot be sent. */
		DISCARDING

	}

}
