package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamOptions;

/**
 * The engine's end of a client stream, as its {@link ClientTransport} sees it.
 */
public interface ClientLink extends StreamLink {

	/**
	 * Returns the SOCKS5 proxy to go through.
	 * @return the streamtype's, else the policy's, else the process', or {@code null} for
	 * none
	 */
	@Nullable Socks5Proxy socks5();

	/**
	 * Returns what the application said when it created the stream.
	 * @return the options
	 */
	StreamOptions options();

	/**
	 * Returns what the current attempt aims at.
	 * @return the target
	 */
	Target target();

	/**
	 * A request has left without a body that its method could have, because nothing was
	 * to be sent: what is to be sent from now on is for the next request.
	 */
	void bodyless();

	/**
	 * The head of an answer has arrived; before anything else that follows from it.
	 * @param head status and header fields
	 */
	default void answered(HttpAnswer head) {
	}

	/**
	 * A response code is mapped to a user state; before {@link #connected}.
	 * @param userState the mapped value
	 */
	void userState(int userState);

}
