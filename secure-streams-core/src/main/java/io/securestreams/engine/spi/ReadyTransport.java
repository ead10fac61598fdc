package io.securestreams.engine.spi;

/**
 * The end of a pair within the process, or a socket the application has connected.
 */
public interface ReadyTransport extends GivenTransport {

	/**
	 * Puts the connection at the disposal of its stream, which has been announced
	 * CONNECTING. Once, on the stream's executor, unless the transport has been closed
	 * before; ends in {@link StreamLink#connected} or {@link StreamLink#closed}, possibly
	 * before it returns.
	 * @param link the stream
	 */
	void open(StreamLink link);

}
