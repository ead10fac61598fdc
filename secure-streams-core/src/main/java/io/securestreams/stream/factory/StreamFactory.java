package io.securestreams.stream.factory;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.observe.EventLoopState;

/**
 * Where streams come from, whether they are fulfilled in this process or by a proxy. May
 * be used from any thread.
 */
public interface StreamFactory {

	/**
	 * Creates a client stream. It is not connected yet, unless its policy is
	 * {@code nailed_up}; the handler sees {@code CREATING} first.
	 * <p>
	 * On a {@code local_sink} streamtype this creates a source, which is connected to the
	 * sink when this returns. Unless called on an event loop of its own, it waits for one
	 * to ask the sink's handler; on event loops of others that is refused with an
	 * {@link IllegalStateException}.
	 * @param streamType a name of the policy
	 * @param handler what receives the stream's events
	 * @return the stream
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws SecureStreamsException if the streamtype is a server's, or its protocol is
	 * not available; or if there is no sink to join, or the sink refuses
	 */
	SecureStream create(String streamType, StreamHandler handler);

	/**
	 * Creates a client stream as {@link #create(String, StreamHandler)} does, with
	 * options.
	 * @param streamType a name of the policy
	 * @param handler what receives the stream's events
	 * @param options what the policy does not say
	 * @return the stream
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws SecureStreamsException as above, or if options are not available here
	 */
	default SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		if (!options.equals(StreamOptions.DEFAULTS)) {
			throw new SecureStreamsException("streamtype \"" + streamType + "\": there are no options here");
		}
		return create(streamType, handler);
	}

	/**
	 * Starts a listener. The calling thread waits until the address is bound.
	 * @param streamType a name of the policy, with {@code server: true}
	 * @param handlers gives the handler of each accepted stream
	 * @return the listener
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws StreamBindException if the address cannot be bound
	 * @throws IllegalStateException on an event loop
	 * @throws SecureStreamsException if the streamtype is not a server's, or its protocol
	 * is not available
	 */
	StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers);

	/**
	 * Lets listeners that share a socket start, or end, together. Who connects to those
	 * that start from now on waits until the hold is closed, instead of hearing that
	 * there is nothing where the last of them is going to be; and in place of those that
	 * end clients are told that the service is not available (503) until then.
	 * @return ends it
	 */
	default ListenerHold holdListeners() {
		return () -> {
		};
	}

	/**
	 * Registers a sink that sources in this process may join by {@link #create}. For each
	 * source there is a stream at the sink's end, on the source's event loop. Its handler
	 * sees {@code SINK_JOIN} first, with the number of sources already joined, and may
	 * refuse by closing the stream; then {@code CREATING}, {@code CONNECTING},
	 * {@code CONNECTED}, as the source does. What one end sends the other one receives,
	 * in the same buffer and with the same marks. When either end closes, both see
	 * {@code DISCONNECTED} and {@code DESTROYING}, the sink's {@code SINK_PART} in
	 * between.
	 * @param streamType a name of the policy, with {@code local_sink: true}
	 * @param handlers gives the handler of each joining source's counterpart
	 * @return ends the registration when closed
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws SecureStreamsException if the streamtype is not a local sink's, has a sink
	 * already, or sinks are not available here
	 */
	default SinkRegistration registerSink(String streamType, Supplier<? extends StreamHandler> handlers) {
		throw new SecureStreamsException("streamtype \"" + streamType + "\": there are no local sinks here");
	}

	/**
	 * Returns the streams that are alive, accepted ones included.
	 * @return a copy
	 */
	Collection<SecureStream> streams();

	/**
	 * Tells how the threads that streams live on are doing: whether handlers keep them
	 * from going on.
	 * @return those that have been started
	 */
	default List<EventLoopState> eventLoops() {
		return List.of();
	}

	/**
	 * Returns the listeners that are alive.
	 * @return a copy
	 */
	Collection<StreamServer> servers();

	/**
	 * Whether a proxy fulfils client streams, so that {@link #policy()} need not have
	 * their streamtypes, and {@link SecureStream#policy()} does not tell what they are.
	 * @return {@code false} if this process does
	 */
	default boolean isProxied() {
		return false;
	}

	/**
	 * Returns the policy that new connections are made with.
	 * @return the current policy
	 */
	Policy policy();

}
