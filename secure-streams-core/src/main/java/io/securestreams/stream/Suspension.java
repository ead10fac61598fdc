package io.securestreams.stream;

/**
 * A reason not to go on, see {@link SecureStream#suspendReceiving()} and
 * {@link SecureStream#suspendConnecting()}. Each counts for itself.
 */
public interface Suspension extends AutoCloseable {

	/**
	 * Takes the reason away. From any thread; a second call does nothing.
	 */
	@Override
	void close();

}
