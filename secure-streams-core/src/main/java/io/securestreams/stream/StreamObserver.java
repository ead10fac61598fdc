package io.securestreams.stream;

/**
 * Sees the events of every stream of an engine, for meters and application events. Called
 * on the stream's event loop before its handler; must be quick and must not throw.
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

}
