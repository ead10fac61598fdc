package io.securestreams.transport.http.exchange;

/**
 * What is known of a request that has no complete answer.
 */
public enum Processed {

	/** The peer has provably not acted on it: it may be sent again, whatever it is. */
	NO,

	/**
	 * A connection that had been kept ended before any sign of an answer: its peer had
	 * closed it before it saw the request, or while.
	 */
	UNLIKELY,

	/** The peer may have acted on it. */
	PERHAPS

}
