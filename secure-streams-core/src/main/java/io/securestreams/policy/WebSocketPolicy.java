package io.securestreams.policy;

import io.securestreams.policy.http.WebSocketOptions;

/**
 * A streamtype over WebSocket (RFC 6455); README section "ws transport".
 *
 * @param handshake the HTTP side of the opening handshake: URL, headers, redirects,
 * cookies; its protocol is h1
 * @param options the {@code ws_*} keys
 */
public record WebSocketPolicy(HttpPolicy handshake, WebSocketOptions options) implements ProtocolPolicy {

	@Override
	public Protocol protocol() {
		return Protocol.WS;
	}

}
