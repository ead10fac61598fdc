package io.securestreams.transport.http2.server;

/**
 * Serves requests for tunnels (RFC 8441). Called on the connection's event loop.
 */
@FunctionalInterface
public interface TunnelAcceptor {

	/** There are no tunnels. */
	TunnelAcceptor NONE = (offer) -> false;

	/**
	 * Takes a request or leaves it. Whoever takes it calls {@link TunnelOffer#accept} or
	 * {@link TunnelOffer#refuse}, once, now or later: until then nothing more is read
	 * from the stream, for which there is no time limit but that of whoever has taken it.
	 * @param offer the request
	 * @return {@code false} to have it answered with 501
	 */
	boolean accept(TunnelOffer offer);

}
