package io.securestreams.stream.factory;

/**
 * A local sink that sources may join (README key {@code local_sink}). May be used from
 * any thread.
 */
public interface SinkRegistration extends AutoCloseable {

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	String streamType();

	/**
	 * Returns how many sources are joined now.
	 * @return 0 or more
	 */
	int sources();

	/**
	 * Takes no more sources; those that have joined stay until one of both ends leaves.
	 */
	@Override
	void close();

}
