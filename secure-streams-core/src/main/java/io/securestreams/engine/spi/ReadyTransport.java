package io.securestreams.engine.spi;

/**
 * The transport of a stream whose connection exists before the stream does: the end of a
 * pair within the process, or a socket the application has connected. It serves this one
 * connection; {@link #connect()} is not called.
 */
public interface ReadyTransport extends StreamTransport {

	/**
	 * Puts the connection at the disposal of its stream, which has been announced
	 * CONNECTING. Once, on the stream's executor, unless the transport has been closed
	 * before; ends in {@link StreamLink#connected} or {@link StreamLink#closed}, possibly
	 * before it returns.
	 * @param link the stream
	 */
	void open(StreamLink link);

	/** Not to be called: there is nothing to connect to. */
	@Override
	default void connect() {
		throw new IllegalStateException("the connection exists already");
	}

}
