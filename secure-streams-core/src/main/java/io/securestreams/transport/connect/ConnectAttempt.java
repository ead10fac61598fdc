package io.securestreams.transport.connect;

/**
 * An attempt to connect that is under way.
 */
public interface ConnectAttempt {

	/**
	 * Gives up: sockets are closed and nothing is reported any more. Called on the event
	 * loop of the attempt. Without effect once the attempt has been reported.
	 */
	void cancel();

}
