package io.securestreams.stream.factory;

import java.net.SocketAddress;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamSnapshot;

/**
 * A listening streamtype ({@code server: true}). It never sends or receives; the streams
 * it accepts do. May be used from any thread.
 */
public interface StreamServer extends AutoCloseable {

	/**
	 * Returns the name of this listener in logs and endpoints.
	 * @return unique in the process
	 */
	String id();

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	String streamType();

	/**
	 * Returns the address it is bound to.
	 * @return the address, with the actual port where the policy says 0
	 */
	SocketAddress address();

	/**
	 * Returns the accepted streams that are alive.
	 * @return a copy, in the order they were accepted
	 */
	Collection<SecureStream> clients();

	/**
	 * Gives a message to all accepted streams that send of their own accord: raw ones and
	 * WebSockets, not those that answer requests. Never waits: what is kept for a client
	 * that does not read is bounded as with {@link SecureStream#send}, and then the
	 * policy decides about that client alone: {@code "options": [ {"send_overflow":
	 * "drop"} ]} (the default) leaves this message out, {@code "disconnect"} ends its
	 * stream.
	 * @param message the message, which is copied once for all
	 * @return how many streams have taken it; if it is called on an event loop and there
	 * are many, so that they are given it little by little, how many it is meant for.
	 * Each stream gets it before whatever it is sent afterwards
	 */
	int broadcast(byte[] message);

	/**
	 * Returns the figures of the listener.
	 * @return a copy
	 */
	StreamSnapshot snapshot();

	/**
	 * Stops accepting, lets transactions in flight finish, then ends.
	 * @param timeout most time to wait; what is left then is cut off
	 * @return completes when every accepted stream is gone
	 */
	CompletionStage<Void> drain(java.time.Duration timeout);

	/**
	 * Stops accepting and ends every accepted stream.
	 */
	@Override
	void close();

}
