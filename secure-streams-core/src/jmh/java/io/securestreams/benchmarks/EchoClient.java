package io.securestreams.benchmarks;

/**
 * A WebSocket client whose messages come back.
 */
interface EchoClient extends AutoCloseable {

	/**
	 * Sends messages and waits until all are back.
	 * @param messages how many
	 * @param inFlight how many are on their way at a time
	 * @throws InterruptedException if waiting is interrupted
	 */
	void run(int messages, int inFlight) throws InterruptedException;

	@Override
	void close();

}
