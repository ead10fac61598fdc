package io.securestreams.transport.http;

/**
 * User event on every connection of a listener that has closed: what is in progress may
 * finish, idle connections close.
 */
public enum ListenerEnd {

	/** The event. */
	INSTANCE

}
