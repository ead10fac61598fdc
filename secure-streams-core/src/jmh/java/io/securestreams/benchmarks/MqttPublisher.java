package io.securestreams.benchmarks;

/**
 * Publishes messages to a broker and waits until it has them.
 */
interface MqttPublisher extends AutoCloseable {

	/** Where messages go. */
	String TOPIC = "benchmark/topic";

	/** Bytes of a message. */
	int SIZE = 128;

	/**
	 * Publishes messages.
	 * @param count how many
	 * @throws Exception if that fails
	 */
	void publish(int count) throws Exception;

	@Override
	void close();

}
