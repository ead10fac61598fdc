package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.stream.StreamFailure.Phase;

/**
 * Gives the streams of a connection their turns: slots, and what has been held for them.
 * On the session's executor.
 */
final class SessionTurns {

	/** After so many slots other connections of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 256;

	/** Pieces of held messages that a stream gets in one turn. */
	private static final int PIECES_PER_TURN = 64;

	private final BrokerSession session;

	private final BrokerConnection connection;

	private final Runnable turn = this::turn;

	private final List<MqttClientTransport> resumed = new ArrayList<>();

	private boolean scheduled;

	/** Packets are being read, after which there is a turn. */
	private boolean reading;

	private boolean serving;

	SessionTurns(BrokerSession session, BrokerConnection connection) {
		this.session = session;
		this.connection = connection;
	}

	/** The connection is gone. */
	void down() {
		this.reading = false;
		this.resumed.clear();
	}

	void reading(boolean now) {
		this.reading = now;
	}

	/** Something has come up that has to be done. */
	void soon() {
		if (!this.reading && !this.serving) {
			schedule();
		}
	}

	/** A stream takes what has been held for it, in the next turn. */
	void resumed(MqttClientTransport member) {
		if (!this.resumed.contains(member)) {
			this.resumed.add(member);
		}
		schedule();
	}

	/** A stream has left. */
	void leave(MqttClientTransport member) {
		this.resumed.remove(member);
	}

	void schedule() {
		if (!this.scheduled) {
			this.scheduled = true;
			this.session.executor().execute(this.turn);
		}
	}

	private void turn() {
		this.scheduled = false;
		try {
			if (this.connection.isUp()) {
				takeHeld();
				serve();
			}
			this.connection.output().flush();
		}
		catch (Throwable ex) {
			this.connection.fail(Phase.CONNECTION, "unexpected " + ex, ex);
		}
	}

	private void takeHeld() {
		if (!this.resumed.isEmpty()) {
			drain();
		}
		this.session.gate().resume();
	}

	private void drain() {
		for (MqttClientTransport member : List.copyOf(this.resumed)) {
			this.resumed.remove(member);
			if (this.session.members().contains(member) && member.inbox().drain(PIECES_PER_TURN)
					&& this.session.members().contains(member)) {
				resumed(member);
			}
		}
	}

	/** Hands out slots. */
	void serve() {
		if (this.serving || !this.connection.isUp()) {
			return;
		}
		this.serving = true;
		try {
			int slots = SLOTS_PER_TURN;
			while (this.connection.isUp() && this.connection.output().isWritable()) {
				MqttClientTransport next = this.session.outbox().next();
				if (next == null) {
					return;
				}
				next.offer();
				if (--slots == 0) {
					schedule();
					return;
				}
			}
		}
		finally {
			this.serving = false;
		}
	}

}
