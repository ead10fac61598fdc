package io.securestreams.spring.template;

import java.io.IOException;

import io.securestreams.stream.Payload;

/**
 * Where the payload of one transaction goes.
 *
 * @param <T> what it is in the end
 */
interface PayloadSink<T> {

	/**
	 * Takes a part.
	 * @param payload the part, borrowed
	 * @throws IOException if it cannot be kept
	 */
	void add(Payload payload) throws IOException;

	/**
	 * The payload is complete.
	 * @return the whole
	 * @throws IOException if it cannot be kept
	 */
	T complete() throws IOException;

	/** The payload will not be complete; also called after {@link #complete()}. */
	void discard();

}
