package io.securestreams.stream;

import java.util.List;

/**
 * The policy has no such streamtype.
 */
public class UnknownStreamTypeException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String streamType;

	private final List<String> known;

	/**
	 * Makes an exception.
	 * @param streamType the name that was asked for
	 * @param known the names the policy has
	 */
	public UnknownStreamTypeException(String streamType, List<String> known) {
		super("streamtype \"" + streamType + "\" is not in the policy (known: " + String.join(", ", known) + ")");
		this.streamType = streamType;
		this.known = List.copyOf(known);
	}

	/**
	 * Returns the name that was asked for.
	 * @return a name
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns the names the policy has.
	 * @return the streamtypes
	 */
	public List<String> known() {
		return this.known;
	}

}
