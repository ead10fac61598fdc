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

	/**
	 * Whether what is under way does no harm if the peer gets it twice, or provably has
	 * not reached it. Asked when the engine ends an attempt because of a failure of its
	 * own; what the transport reports itself it says in
	 * {@link io.securestreams.stream.StreamFailure#repeatable()}.
	 * @return {@code false} of a request whose method is not idempotent, once it may have
	 * been processed
	 */
	default boolean isRepeatable() {
		return true;
	}

}
