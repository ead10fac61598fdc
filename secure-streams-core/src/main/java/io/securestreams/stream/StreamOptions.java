package io.securestreams.stream;

/**
 * What the application, not the policy, says about a client stream when it creates one.
 *
 * @param initialCredit bytes the peer may send of each response before
 * {@link SecureStream#grantCredit} lets it send more, 0 or more, or
 * {@link #AUTOMATIC_CREDIT}; counts on HTTP/2, where such streams share connections only
 * with each other. Other protocols have no credit, there a stream is slowed down by
 * pausing it.
 */
public record StreamOptions(int initialCredit) {

	/** The peer gets credit as its data is consumed. */
	public static final int AUTOMATIC_CREDIT = -1;

	/** What counts where nothing is said. */
	public static final StreamOptions DEFAULTS = new StreamOptions(AUTOMATIC_CREDIT);

	public StreamOptions {
		if (initialCredit < AUTOMATIC_CREDIT) {
			throw new IllegalArgumentException("initialCredit: " + initialCredit + " (expected: 0 or more, or "
					+ AUTOMATIC_CREDIT + " for automatic)");
		}
	}

}
