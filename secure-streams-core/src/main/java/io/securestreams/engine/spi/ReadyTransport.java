package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;

/**
 * The end of a pair within the process, or a socket the application has connected.
 */
public interface ReadyTransport extends GivenTransport {

	/**
	 * Tells if streams of a streamtype may have this connection.
	 * @param policy the streamtype's
	 * @return what the streamtype would have to be like, or {@code null} if it may
	 */
	default @Nullable String objection(StreamPolicy policy) {
		return null;
	}

	/**
	 * Puts the connection at the disposal of its stream, which has been announced
	 * CONNECTING. Once, on the stream's executor, unless the transport has been closed
	 * before; ends in {@link StreamLink#connected} or {@link StreamLink#closed}, possibly
	 * before it returns.
	 * @param link the stream
	 */
	void open(StreamLink link);

}
