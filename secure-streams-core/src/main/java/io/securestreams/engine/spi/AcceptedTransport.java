package io.securestreams.engine.spi;

/**
 * The transport of an accepted stream: a whole connection, or one request on it. Where
 * there are requests, or upgrades to be agreed to, the application's answer to
 * {@link AcceptedLink#transaction()} or {@link AcceptedLink#upgrade()} comes as exactly
 * one of {@link #acknowledge}, {@link #answer} and {@link #fail()}; elsewhere they have
 * no effect. The status codes are those of HTTP.
 */
public interface AcceptedTransport extends GivenTransport {

	/** The protocol's own status for what is meant. */
	int USUAL = 0;

	/**
	 * The request is taken, and the payload of the answer follows: its slots are offered
	 * from now on, and its last write is marked {@link PayloadFlags#EOM}. Or the upgrade
	 * is agreed to.
	 * @param status status code, or {@link #USUAL}; of an upgrade 300 and more is a
	 * refusal
	 */
	default void acknowledge(int status) {
	}

	/**
	 * The answer has no payload and is complete with this. Or the upgrade is refused.
	 * @param status status code, or {@link #USUAL} for that of a refusal
	 */
	default void answer(int status) {
	}

	/**
	 * The handler has failed: who waits for an answer is told, if that is still possible.
	 * {@link #close()} follows.
	 */
	default void fail() {
	}

}
