package io.securestreams.transport.contract;

import java.nio.file.Path;

/**
 * A peer on 127.0.0.1, without TLS, that sends back what it gets.
 */
public interface EchoService extends AutoCloseable {

	int port();

	@Override
	void close();

	/**
	 * Makes services.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Starts one.
		 * @param directory an empty directory of its own
		 * @return the service
		 */
		EchoService start(Path directory) throws Exception;

	}

	/** A service that is a port and an end. */
	static EchoService of(int port, AutoCloseable end) {
		return new EchoService() {
			@Override
			public int port() {
				return port;
			}

			@Override
			public void close() {
				try {
					end.close();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}
		};
	}

}
