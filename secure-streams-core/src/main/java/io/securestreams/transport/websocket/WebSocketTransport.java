package io.securestreams.transport.websocket;

import io.securestreams.engine.spi.TransportKind;
import io.securestreams.transport.DuplexTransport;

/**
 * What client and server WebSocket streams have in common. Draining begins the closing
 * handshake with code 1001, closing begins it with code 1000, which goes on in the
 * background.
 */
public abstract class WebSocketTransport extends DuplexTransport<WebSocketConnection> {

	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

}
