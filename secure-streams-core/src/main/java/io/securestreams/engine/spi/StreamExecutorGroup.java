package io.securestreams.engine.spi;

/**
 * Where executors for new client streams come from.
 */
public interface StreamExecutorGroup {

	/**
	 * Returns the executor for a new stream; the caller's own if it is one of the group.
	 * @return an executor
	 */
	StreamExecutor next();

	/**
	 * Returns the executor for streams that are to share a network connection, which
	 * lives on one of them.
	 * @param affinity the same number for streams that may share
	 * @return the same executor for the same number
	 */
	StreamExecutor next(int affinity);

}
