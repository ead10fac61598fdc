package io.securestreams.engine.spi;

/**
 * The engine's end of an accepted stream, as its {@link AcceptedTransport} sees it.
 */
public interface AcceptedLink extends StreamLink {

	/**
	 * A request has arrived, metadata is set (SERVER_TXN). At most once in the life of a
	 * stream. The application's answer follows, possibly before this returns, or much
	 * later.
	 */
	void transaction();

	/**
	 * All of the answer is on its way: what {@code send()} gave for it has got as far as
	 * it can be followed. The request may still be coming in.
	 */
	default void answerSent() {
	}

	/**
	 * The connection is about to carry another protocol (SERVER_UPGRADE), if the
	 * application agrees; its answer follows, possibly before this returns.
	 */
	void upgrade();

}
