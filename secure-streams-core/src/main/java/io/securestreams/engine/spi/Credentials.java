package io.securestreams.engine.spi;

import java.util.function.BiConsumer;

/**
 * What proves who sends a request: a token, or a key to sign with. Never printed. Used on
 * the executor of the stream it was given to.
 */
public interface Credentials {

	/**
	 * Tells whether the proof depends on the request's body, which then has to be known
	 * before the head is sent.
	 * @param request the request, without its body
	 * @return what is needed
	 */
	default BodyUse bodyUse(UnsignedRequest request) {
		return BodyUse.NONE;
	}

	/**
	 * Whether the proof is another one for each request.
	 * @return {@code true} of signatures
	 */
	default boolean isForOneRequest() {
		return false;
	}

	/**
	 * Gives the header fields that are the proof. They take the place of others of the
	 * same name.
	 * @param request the request
	 * @param fields takes name and value; all of them are sensitive
	 * @throws IllegalArgumentException if the request cannot be proved; the message has
	 * no secret in it
	 */
	void prove(UnsignedRequest request, BiConsumer<String, String> fields);

	/**
	 * The peer does not accept them (401).
	 * @return whether other ones may be had that are worth another try
	 */
	boolean refused();

	/**
	 * The peer has answered a request that they were proved with.
	 * @param status another one than 401
	 */
	default void answered(int status) {
	}

	/**
	 * What a proof needs of a body.
	 */
	enum BodyUse {

		/** Nothing. */
		NONE,
		/** All of it if its length is known and it is not too long. */
		IF_SHORT,
		/** All of it. */
		ALL

	}

}
