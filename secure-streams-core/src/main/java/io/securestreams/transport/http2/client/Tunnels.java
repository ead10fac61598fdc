package io.securestreams.transport.http2.client;

import io.netty.channel.EventLoop;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.transport.connect.Origin;

/**
 * Makes tunnels through HTTP/2 connections that request streams use, too (RFC 8441).
 */
@FunctionalInterface
public interface Tunnels {

	/**
	 * Makes a tunnel that is not open yet. To be called on the event loop.
	 * @param loop where it lives
	 * @param origin what it is to be opened to
	 * @param validity when the peer's silence matters, should it be the first on its
	 * connection
	 * @param request what to ask for
	 * @param opener is told how opening it goes
	 * @return the tunnel
	 */
	ClientTunnel make(EventLoop loop, Origin origin, RetryPolicy validity, TunnelRequest request, TunnelOpener opener);

}
