package io.securestreams.policy.http;

/**
 * Settings that matter on HTTP/2 only.
 *
 * @param endStreamQuirk END_STREAM goes on HEADERS where there is no body, even with
 * {@code long_poll} ({@code nghttp2_quirk_end_stream}); without {@code long_poll} it
 * always does
 * @param tolerateWindowOverflow a peer's window may grow past 2^31-1
 * ({@code h2q_oflow_txcr})
 * @param longPoll the response never ends and never times out ({@code long_poll})
 * @param priorKnowledge without TLS, HTTP/2 is spoken from the first byte (RFC 9113
 * section 3.3, {@code h2_prior_knowledge}); otherwise HTTP/1.1
 */
public record Http2Policy(boolean endStreamQuirk, boolean tolerateWindowOverflow, boolean longPoll,
		boolean priorKnowledge) {

	/** Nothing special. */
	public static final Http2Policy DEFAULT = new Http2Policy(false, false, false, false);

}
