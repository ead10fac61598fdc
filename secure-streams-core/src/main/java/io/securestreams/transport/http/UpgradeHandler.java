package io.securestreams.transport.http;

/**
 * Serves requests that ask for another protocol on their connection (RFC 9110 section
 * 7.8). Called on the connection's event loop.
 */
@FunctionalInterface
public interface UpgradeHandler {

	/** Every request is served as if it did not ask. */
	UpgradeHandler NONE = (request) -> false;

	/**
	 * Takes a request or leaves it. Whoever takes it calls {@link UpgradeRequest#accept}
	 * or {@link UpgradeRequest#refuse}, once, now or later: until then nothing more is
	 * read from the connection, for which there is no time limit but that of whoever has
	 * taken it.
	 * @param request the request, which has no body
	 * @return {@code false} to have it served as a request of its path, which is what a
	 * server does that does not want the other protocol
	 */
	boolean upgrade(UpgradeRequest request);

}
