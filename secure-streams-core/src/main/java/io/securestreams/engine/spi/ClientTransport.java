package io.securestreams.engine.spi;

/**
 * The transport of a client stream. It serves many connection attempts in turn.
 */
public interface ClientTransport extends StreamTransport {

	/**
	 * Starts an attempt towards {@link ClientLink#target()}. It ends in exactly one of
	 * {@link StreamLink#completed}, {@link StreamLink#closed} or {@link #close()}; it may
	 * end before this method returns.
	 */
	void connect();

}
