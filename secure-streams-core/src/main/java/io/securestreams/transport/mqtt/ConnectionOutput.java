package io.securestreams.transport.mqtt;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.flow.Departures;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.wire.LifeSigns;
import io.securestreams.transport.mqtt.wire.Wire;
import io.securestreams.transport.mqtt.wire.WireWriter;

/**
 * What leaves by a connection: one flush a turn, after which messages of QoS 0 count as
 * sent. On the session's executor.
 */
final class ConnectionOutput {

	private final BrokerSession session;

	private @Nullable Wire wire;

	private @Nullable FrameWriter out;

	private @Nullable LifeSigns life;

	/** Turn after which the wire says when everything has left. */
	private long awaitedTurn;

	private boolean awaiting;

	/** The latest turn that has been sent. */
	private long lastTurn;

	ConnectionOutput(BrokerSession session) {
		this.session = session;
	}

	/** There is a wire. */
	FrameWriter open(Wire opened, boolean version5, @Nullable LifeSigns signs) {
		FrameWriter writer = new WireWriter(opened, version5);
		this.wire = opened;
		this.out = writer;
		this.life = signs;
		return writer;
	}

	@Nullable FrameWriter writer() {
		return this.out;
	}

	/** The wire is no more. */
	void down() {
		this.wire = null;
		this.awaiting = false;
		if (this.out != null) {
			this.out.release();
			this.out = null;
		}
	}

	/** Everything has left that was written when this was asked for. */
	void flushed() {
		this.awaiting = false;
		Departures departures = this.session.outbox().departures();
		departures.flushed(this.awaitedTurn);
		Wire current = this.wire;
		if (current != null && this.awaitedTurn < this.lastTurn && !departures.isEmpty()) {
			// Turns have come meanwhile that nobody asked for
			await(current);
		}
	}

	private void await(Wire current) {
		if (!this.awaiting) {
			this.awaiting = true;
			this.awaitedTurn = this.lastTurn;
			current.awaitFlushed();
		}
	}

	/** Whether there is room for another slot. */
	boolean isWritable() {
		Wire current = this.wire;
		if (current == null) {
			return false;
		}
		if (!current.isWritable()) {
			flush();
		}
		return current.isWritable();
	}

	/** Sends what has been written. */
	void flush() {
		FrameWriter writer = this.out;
		Wire current = this.wire;
		if (writer == null || current == null || !writer.endTurn()) {
			return;
		}
		Departures departures = this.session.outbox().departures();
		this.lastTurn = departures.endTurn();
		if (this.life != null) {
			this.life.sent();
			if (writer.isUnfinished()) {
				// The broker has no reason to say anything before the end
				this.life.extend();
			}
		}
		current.flush();
		if (departures.isEmpty()) {
			return;
		}
		if (current.isFlushed()) {
			departures.flushed(this.lastTurn);
			if (this.session.outbox().isDue()) {
				this.session.turns().schedule();
			}
		}
		else {
			await(current);
		}
	}

}
