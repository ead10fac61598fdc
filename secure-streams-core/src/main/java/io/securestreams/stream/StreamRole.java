package io.securestreams.stream;

/**
 * What a stream is.
 */
public enum StreamRole {

	/** Connects to a peer. */
	CLIENT,
	/** Represents a listening socket. */
	LISTENER,
	/** Was accepted by a listener; ends with its connection. */
	ACCEPTED,
	/** Joined to a local sink. */
	SOURCE,
	/** The sink's end of a source. */
	SINK

}
