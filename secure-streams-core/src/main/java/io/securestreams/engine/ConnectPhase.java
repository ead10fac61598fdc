package io.securestreams.engine;

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
	CLOSED

}
