package io.securestreams.policy;

/**
 * Settings that matter on HTTP/2 only.
 *
 * @param endStreamQuirk END_STREAM goes on HEADERS where there is no body
 * ({@code nghttp2_quirk_end_stream})
 * @param tolerateWindowOverflow a peer's window may grow past 2^31-1
 * ({@code h2q_oflow_txcr})
 * @param longPoll the response never ends and never times out ({@code long_poll})
 */
public record Http2Policy(boolean endStreamQuirk, boolean tolerateWindowOverflow, boolean longPoll) {

	/** Nothing special. */
	public static final Http2Policy DEFAULT = new Http2Policy(false, false, false);

}
