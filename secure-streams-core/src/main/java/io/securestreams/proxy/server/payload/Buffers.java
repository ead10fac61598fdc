package io.securestreams.proxy.server.payload;

import io.securestreams.policy.ProxyBuffers;

/**
 * How much a streamtype's links hold, by its policy. Other than proxies of libwebsockets
 * ours always slows down a peer whose client does not keep up: by default when its buffer
 * is full, until half of it is left.
 */
public final class Buffers {

	/** More than this nobody gets, whatever the policy says. */
	private static final long MAX = 64L * 1024 * 1024;

	private Buffers() {
	}

	/**
	 * What one direction of a link may hold in the proxy.
	 * @param buffers of the streamtype
	 * @return bytes
	 */
	public static int proxy(ProxyBuffers buffers) {
		return (int) Math.min(MAX, orDefault(buffers.proxyBuffer()));
	}

	/**
	 * From how much on the peer is slowed down.
	 * @param buffers of the streamtype
	 * @return bytes
	 */
	public static int flowOnAbove(ProxyBuffers buffers) {
		int most = proxy(buffers);
		return (int) ((buffers.proxyFlowOnAbove() > 0) ? Math.min(most, buffers.proxyFlowOnAbove()) : most);
	}

	/**
	 * Below how much the peer may go on.
	 * @param buffers of the streamtype
	 * @return bytes, at least one: nothing is less than none
	 */
	public static int flowOffBelow(ProxyBuffers buffers) {
		int on = flowOnAbove(buffers);
		long off = (buffers.proxyFlowOffBelow() > 0) ? Math.min(on, buffers.proxyFlowOffBelow()) : on / 2;
		return (int) Math.max(1, off);
	}

	/**
	 * What both directions of a link may hold in the proxy.
	 * @param buffers of the streamtype
	 * @return bytes
	 */
	public static long total(ProxyBuffers buffers) {
		return 2L * proxy(buffers);
	}

	/**
	 * What a link may hold in the client.
	 * @param buffers of the streamtype
	 * @return bytes
	 */
	public static long client(ProxyBuffers buffers) {
		return orDefault(buffers.clientBuffer());
	}

	private static long orDefault(long size) {
		return (size > 0) ? size : ProxyBuffers.DEFAULT_BUFFER;
	}

}
