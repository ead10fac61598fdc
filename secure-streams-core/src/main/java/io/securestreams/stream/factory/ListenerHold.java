package io.securestreams.stream.factory;

/**
 * Holds listeners together until it is closed; see {@link StreamFactory#holdListeners()}.
 */
@FunctionalInterface
public interface ListenerHold extends AutoCloseable {

	/** Lets them go. Without effect after the first time. */
	@Override
	void close();

}
