package io.securestreams.stream;

/**
 * A reason not to receive, see {@link SecureStream#suspendReceiving()}.
 */
public interface ReceiveSuspension extends AutoCloseable {

	/**
	 * Takes the reason away. A second call does nothing.
	 */
	@Override
	void close();

}
