package io.securestreams.policy.http;

/**
 * The {@code ws_*} keys; README section "ws transport".
 *
 * @param subprotocol subprotocol offered or accepted ({@code ws_subprotocol}), or empty
 * @param binary whether messages are sent as binary ({@code ws_binary})
 * @param prioritizeReads whether reading is preferred to writing
 * ({@code ws_prioritize_reads})
 * @param deflate whether compression of messages (RFC 7692) is offered or accepted
 * ({@code ws_deflate})
 * @param overHttp2 whether a client asks its peer for HTTP/2 connections that carry
 * WebSocket streams (RFC 8441); if not, it only joins one that is there
 * ({@code ws_over_h2})
 */
public record WebSocketOptions(String subprotocol, boolean binary, boolean prioritizeReads, boolean deflate,
		boolean overHttp2) {

	/** No subprotocol, text messages, no compression. */
	public static final WebSocketOptions DEFAULT = new WebSocketOptions("", false, false, false, false);

}
