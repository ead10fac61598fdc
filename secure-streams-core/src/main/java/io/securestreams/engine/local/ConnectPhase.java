package io.securestreams.engine.local;

/**
 * What the engine is doing for a stream, as opposed to what it last told the application.
 */
enum ConnectPhase {

	/** Nothing, until somebody asks. */
	IDLE,
	/** An attempt is under way. */
	CONNECTING,
	/** The transport has reported the stream usable. */
	CONNECTED,
	/** Waiting for the next attempt. */
	RETRY_WAIT,
	/** Gone. */
	CLOSED;

	/**
	 * Whether one follows the other.
	 * @param next the next phase
	 * @return {@code false} if that would be a defect of ours
	 */
	boolean mayBecome(ConnectPhase next) {
		return switch (this) {
			case IDLE, RETRY_WAIT -> next != this && next != CONNECTED;
			case CONNECTING -> next == CONNECTED || next == IDLE || next == CLOSED;
			case CONNECTED -> next == IDLE || next == CLOSED;
			case CLOSED -> false;
		};
	}

}
