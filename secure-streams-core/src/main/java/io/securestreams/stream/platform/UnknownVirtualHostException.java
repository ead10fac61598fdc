package io.securestreams.stream.platform;

import java.util.List;

import io.securestreams.stream.SecureStreamsException;

/**
 * A server streamtype wants to join a vhost that is not configured.
 */
public class UnknownVirtualHostException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String streamType;

	private final String virtualHost;

	private final List<String> known;

	/**
	 * Makes an exception.
	 * @param streamType the streamtype
	 * @param virtualHost the name it has, without {@code !}
	 * @param known the vhosts there are
	 */
	public UnknownVirtualHostException(String streamType, String virtualHost, List<String> known) {
		super("streamtype \"" + streamType + "\": endpoint \"!" + virtualHost + "\": there is no vhost of that name ("
				+ (known.isEmpty() ? "none is configured" : "known: " + String.join(", ", known)) + ")");
		this.streamType = streamType;
		this.virtualHost = virtualHost;
		this.known = List.copyOf(known);
	}

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns the vhost that does not exist.
	 * @return its name
	 */
	public String virtualHost() {
		return this.virtualHost;
	}

	/**
	 * Returns the vhosts there are.
	 * @return their names
	 */
	public List<String> known() {
		return this.known;
	}

}
