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

}
