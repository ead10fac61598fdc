package io.securestreams.transport.http2.server;

import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.Tunnel;

/**
 * A tunnel that a client has opened and we have accepted.
 */
final class ServerTunnel extends Tunnel {

	ServerTunnel(Http2Stream stream) {
		start(stream);
	}

}
