package io.securestreams.transport.http2;

/**
 * A tunnel that a client has opened and we have accepted.
 */
final class ServerTunnel extends Tunnel {

	ServerTunnel(Http2Stream stream) {
		start(stream);
	}

}
