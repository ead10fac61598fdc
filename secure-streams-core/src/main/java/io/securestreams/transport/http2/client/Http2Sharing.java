package io.securestreams.transport.http2.client;

import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.exchange.RequestConnectors;
import io.securestreams.transport.http2.Http2Limits;

/**
 * What all streams of a factory share.
 *
 * @param source makes connections
 * @param http1 finds connections to peers that do not speak HTTP/2
 * @param services what HTTP transports share, whatever their version
 * @param limits bounds and times
 * @param http1Peers who has turned out to speak only HTTP/1.1, for it is said once
 */
record Http2Sharing(ConnectionSource source, RequestConnectors http1, HttpServices services, Http2Limits limits,
		KnownPeers http1Peers) {
}
