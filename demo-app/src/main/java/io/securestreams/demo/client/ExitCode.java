package io.securestreams.demo.client;

/**
 * What the client tells its caller.
 */
enum ExitCode {

	/** Acknowledged; without acknowledgements: data was received. */
	OK(0),
	/** The connection was lost and nobody knows whether the message got through. */
	LOST(1),
	/** ALL_RETRIES_FAILED. */
	UNREACHABLE(2),
	/** Not done in time. */
	TIMEOUT(3),
	/** The peer said no. */
	REJECTED(4),
	/** The policy, or what was asked for, makes no sense. */
	BAD_REQUEST(5);

	private final int code;

	ExitCode(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

}
