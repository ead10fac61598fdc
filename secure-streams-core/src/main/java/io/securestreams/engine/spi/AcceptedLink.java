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
	 * The connection is about to carry another protocol (SERVER_UPGRADE), if the
	 * application agrees; its answer follows, possibly before this returns.
	 */
	void upgrade();

}
