package io.securestreams.proxy.server;

/**
 * Why a proxy has refused a client something, or has ended its link.
 */
public enum Refusal {

	/** The policy has no such streamtype, or none that a client can have. */
	STREAMTYPE,
	/** No rule admits the client. */
	CLIENT,
	/** No rule gives the client this streamtype. */
	STREAMTYPE_NOT_ALLOWED,
	/** The client has as many links as it may have. */
	LINKS,
	/** The client makes links faster than it may. */
	RATE,
	/** The streams of the client may hold as much as they may. */
	BUFFERS,
	/** The client has not said in time what it wants. */
	SILENT,
	/** The client broke the protocol. */
	PROTOCOL,
	/**
	 * The client has set metadata that the streamtype does not have, or cannot be sent.
	 */
	METADATA,
	/** The client reads nothing while there is more and more to tell. */
	SLOW

}
