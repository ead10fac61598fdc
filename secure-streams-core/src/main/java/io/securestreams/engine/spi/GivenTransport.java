package io.securestreams.engine.spi;

/**
 * The transport of a stream whose connection exists before the stream does, and which
 * ends with it.
 */
public interface GivenTransport extends StreamTransport {

	/**
	 * Finishes what is under way, then ends the connection.
	 */
	void drain();

}
