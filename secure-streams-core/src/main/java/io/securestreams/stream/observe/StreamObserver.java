package io.securestreams.stream.observe;

import io.securestreams.policy.Policy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Sees the events of every stream of an engine, for meters and application events. Unless
 * said otherwise called on the stream's event loop before its handler; must be quick and
 * must not throw.
 */
public interface StreamObserver {

	/**
	 * A stream has changed state.
	 * @param stream the stream
	 * @param state the state it is in now
	 * @param ordinal see {@link StreamHandler#onState}
	 */
	void onState(SecureStream stream, StreamState state, long ordinal);

	/**
	 * Connection timings have been measured; only with policy {@code perf}.
	 * @param stream the stream
	 * @param timings the figures
	 */
	default void onTimings(SecureStream stream, ConnectionTimings timings) {
	}

	/**
	 * The policy has been replaced. Called on the thread that has done it.
	 * @param before the former policy
	 * @param after the one that new streams and connections go by
	 */
	default void onPolicyChanged(Policy before, Policy after) {
	}

}
