package io.securestreams.stream;

import java.util.Collection;
import java.util.function.Supplier;

import io.securestreams.policy.Policy;

/**
 * Where streams come from. Whether they are fulfilled in this process or by a proxy is
 * not visible here. May be used from any thread.
 */
public interface StreamFactory {

	/**
	 * Creates a client stream. It is not connected yet, unless its policy is
	 * {@code nailed_up}; the handler sees {@code CREATING} first.
	 * @param streamType a name of the policy
	 * @param handler what receives the stream's events
	 * @return the stream
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws SecureStreamsException if the streamtype is a server's, or its protocol is
	 * not available
	 */
	SecureStream create(String streamType, StreamHandler handler);

	/**
	 * Starts a listener. The calling thread waits until the address is bound; it must not
	 * be an event loop.
	 * @param streamType a name of the policy, with {@code server: true}
	 * @param handlers gives the handler of each accepted stream
	 * @return the listener
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws StreamBindException if the address cannot be bound
	 * @throws SecureStreamsException if the streamtype is not a server's, or its protocol
	 * is not available
	 */
	StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers);

	/**
	 * Returns the streams that are alive, accepted ones included.
	 * @return a copy
	 */
	Collection<SecureStream> streams();

	/**
	 * Returns the listeners that are alive.
	 * @return a copy
	 */
	Collection<StreamServer> servers();

	/**
	 * Returns the policy that new connections are made with.
	 * @return the current policy
	 */
	Policy policy();

}
