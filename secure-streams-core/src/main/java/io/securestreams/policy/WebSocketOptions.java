package io.securestreams.policy;

/**
 * The {@code ws_*} keys; README section "ws transport".
 *
 * @param subprotocol subprotocol offered or accepted ({@code ws_subprotocol}), or empty
 * @param binary whether messages are sent as binary ({@code ws_binary})
 * @param prioritizeReads whether reading is preferred to writing
 * ({@code ws_prioritize_reads})
 * @param deflate whether compression of messages (RFC 7692) is offered or accepted
 * ({@code ws_deflate})
 */
public record WebSocketOptions(String subprotocol, boolean binary, boolean prioritizeReads, boolean deflate) {

	/** No subprotocol, text messages, no compression. */
	public static final WebSocketOptions DEFAULT = new WebSocketOptions("", false, false, false);

}
