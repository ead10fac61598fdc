package io.securestreams.engine.local;

import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.StreamTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The phase of one stream, and the transport it has in it: their only writer.
 */
abstract class CurrentPhase {

	private static final Logger log = LoggerFactory.getLogger(CurrentPhase.class);

	private ConnectPhase phase = ConnectPhase.IDLE;

	/** The one connection of a stream that ends with it. */
	private @Nullable GivenTransport given;

	/** What is doing something: it has not reported the end yet. */
	private @Nullable StreamTransport active;

	/** Who it is, for logs. */
	abstract String id();

	/**
	 * Whether a change that must not be throws, for tests; otherwise it is logged and
	 * made.
	 */
	abstract boolean isStrict();

	final void enter(ConnectPhase next) {
		if (!this.phase.mayBecome(next)) {
			String message = "[" + id() + "] defect: phase " + next + " must not follow " + this.phase;
			if (isStrict()) {
				throw new IllegalStateException(message);
			}
			log.error(message, new IllegalStateException());
		}
		this.phase = next;
	}

	final boolean is(ConnectPhase expected) {
		return this.phase == expected;
	}

	/** Whether there is a connection or an attempt. */
	final boolean isUp() {
		return this.phase == ConnectPhase.CONNECTING || this.phase == ConnectPhase.CONNECTED;
	}

	/** Whether an attempt may start. */
	final boolean isFree() {
		return this.phase == ConnectPhase.IDLE || this.phase == ConnectPhase.RETRY_WAIT;
	}

	/** It is a stream with one connection. */
	final void carry(GivenTransport connection) {
		this.given = connection;
		this.active = connection;
	}

	final boolean isGiven() {
		return this.given != null;
	}

	/** The connection that the stream came with, as long as there is one. */
	final @Nullable GivenTransport given() {
		return (this.active != null) ? this.given : null;
	}

	/** The connection that the stream came with, be it gone. */
	final @Nullable GivenTransport connection() {
		return this.given;
	}

	/** The transport if it is doing something. */
	final @Nullable StreamTransport active() {
		return this.active;
	}

	/** An attempt begins. */
	final void activate(ClientTransport transport) {
		this.active = transport;
	}

	/** The transport has reported that it is idle. */
	final void idle() {
		this.active = null;
	}

	/** The handler has failed; {@link #closeTransport()} follows. */
	final void undelivered() {
		if (this.active != null) {
			this.active.undelivered();
		}
	}

	/** Ends what the transport is doing. */
	final void closeTransport() {
		StreamTransport current = this.active;
		this.active = null;
		if (current != null) {
			current.close();
		}
	}

	/** Whether something is under way that a drained stream waits for. */
	final boolean isInFlight() {
		StreamTransport current = this.active;
		return current != null && current.isInFlight();
	}

	/** Whether another attempt does no harm if this one has reached the peer. */
	final boolean isRepeatable() {
		return !(this.active instanceof ClientTransport current) || current.isRepeatable();
	}

}
