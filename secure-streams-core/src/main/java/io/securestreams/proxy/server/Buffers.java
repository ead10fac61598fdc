package io.securestreams.proxy.server;

import io.securestreams.policy.ProxyBuffers;

/**
 * How much a streamtype's links hold, by its policy. Other than proxies of libwebsockets
 * ours always slows down a peer whose client does not keep up: by default when its buffer
 * is full, until half of it is left.
 */
final class Buffers {

	/** More than this nobody gets, whatever the policy says. */
	private static final long MAX = 64L * 1024 * 1024;

	private Buffers() {
	}

	static int proxy(ProxyBuffers buffers) {
		return (int) Math.min(MAX, orDefault(buffers.proxyBuffer()));
	}

	static int flowOnAbove(ProxyBuffers buffers) {
		int most = proxy(buffers);
		return (int) ((buffers.proxyFlowOnAbove() > 0) ? Math.min(most, buffers.proxyFlowOnAbove()) : most);
	}

	static int flowOffBelow(ProxyBuffers buffers) {
		int on = flowOnAbove(buffers);
		return (int) ((buffers.proxyFlowOffBelow() > 0) ? Math.min(on, buffers.proxyFlowOffBelow()) : on / 2);
	}

	/** Both directions. */
	static long total(ProxyBuffers buffers) {
		return 2L * proxy(buffers);
	}

	static long client(ProxyBuffers buffers) {
		return orDefault(buffers.clientBuffer());
	}

	private static long orDefault(long size) {
		return (size > 0) ? size : ProxyBuffers.DEFAULT_BUFFER;
	}

}
