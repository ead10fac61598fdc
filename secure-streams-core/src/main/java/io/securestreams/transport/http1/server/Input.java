package io.securestreams.transport.http1.server;

/**
 * How much of a request has arrived on a connection.
 */
enum Input {

	/** Nothing. */
	IDLE,

	/** Some of its head. */
	HEAD,

	/** Its head, and perhaps some of its body. */
	BODY,

	/** All of it. */
	COMPLETE

}
