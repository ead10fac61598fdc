package io.securestreams.policy;

/**
 * Buffering of a streamtype that is fulfilled by a proxy; all in bytes, 0 means the
 * default ({@link #DEFAULT_BUFFER}) or, for thresholds, no flow control.
 *
 * @param proxyBuffer most the proxy holds per stream ({@code proxy_buflen})
 * @param proxyFlowOnAbove {@code proxy_buflen_rxflow_on_above}
 * @param proxyFlowOffBelow {@code proxy_buflen_rxflow_off_below}
 * @param clientBuffer most the proxied client holds per stream ({@code client_buflen})
 * @param clientFlowOnAbove {@code client_buflen_rxflow_on_above}
 * @param clientFlowOffBelow {@code client_buflen_rxflow_off_below}
 */
public record ProxyBuffers(long proxyBuffer, long proxyFlowOnAbove, long proxyFlowOffBelow, long clientBuffer,
		long clientFlowOnAbove, long clientFlowOffBelow) {

	/** Buffer size where the policy gives none. */
	public static final long DEFAULT_BUFFER = 32768;

	/** Nothing given. */
	public static final ProxyBuffers DEFAULTS = new ProxyBuffers(0, 0, 0, 0, 0, 0);

}
