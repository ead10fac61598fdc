package io.securestreams.engine.local;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.stream.StreamName;

/**
 * The phase of one stream: its only writer.
 */
class CurrentPhase {

	private static final Logger log = LoggerFactory.getLogger(CurrentPhase.class);

	private final StreamName stream;

	private final boolean strict;

	private ConnectPhase phase = ConnectPhase.IDLE;

	/**
	 * Makes the phase of a new stream.
	 * @param stream its name, for logs
	 * @param strict whether a change that must not be throws, for tests; otherwise it is
	 * logged and made
	 */
	CurrentPhase(StreamName stream, boolean strict) {
		this.stream = stream;
		this.strict = strict;
	}

	final void enter(ConnectPhase next) {
		if (!this.phase.mayBecome(next)) {
			String message = "[" + this.stream.id() + "] defect: phase " + next + " must not follow " + this.phase;
			if (this.strict) {
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

}
