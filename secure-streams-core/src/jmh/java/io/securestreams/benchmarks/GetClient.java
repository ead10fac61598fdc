package io.securestreams.benchmarks;

/**
 * A client that fetches the same small page again and again on connections that stay
 * open.
 */
interface GetClient extends AutoCloseable {

	/**
	 * Makes requests, one after the other, and waits for the last response.
	 * @param requests how many
	 * @throws InterruptedException if waiting is interrupted
	 */
	void run(int requests) throws InterruptedException;

	@Override
	void close();

}
