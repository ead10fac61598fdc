package io.securestreams.transport.websocket.frame;

import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.WebSocketLimits;

/**
 * What two peers have agreed on about permessage-deflate (RFC 7692 section 7). Windows
 * are those of the JDK, 32 KiB; smaller ones of the peer are fine.
 *
 * @param ownTakeover whether our messages may refer to earlier ones
 * @param peerTakeover whether the peer's may
 * @param ownWindowBits how far our messages may refer back: 2 to the power of this,
 * bytes; 0 if nothing has been said about it
 */
public record DeflateExtension(boolean ownTakeover, boolean peerTakeover, int ownWindowBits) {

	/** The JDK's window. */
	static final int MAX_WINDOW_BITS = 15;

	/** What a client offers. */
	public static final String OFFER = "permessage-deflate";

	private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";

	private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";

	private static final String SERVER_BITS = "server_max_window_bits";

	private static final String CLIENT_BITS = "client_max_window_bits";

	/**
	 * Reads a server's answer to a client.
	 * @param values values of {@code Sec-WebSocket-Extensions}
	 * @param offered whether the extension was offered
	 * @return what was agreed on, or {@code null} for no compression
	 * @throws WebSocketViolation if the answer is something that was not offered
	 */
	public static @Nullable DeflateExtension agreed(List<String> values, boolean offered) throws WebSocketViolation {
		List<ExtensionHeader> extensions = ExtensionHeader.parse(values);
		if (extensions == null) {
			throw refused("malformed extensions");
		}
		if (extensions.isEmpty()) {
			return null;
		}
		if (!offered || extensions.size() > 1 || !extensions.get(0).name().equals(OFFER)) {
			throw refused("extension that was not offered");
		}
		Map<String, String> parameters = extensions.get(0).parameters();
		for (Map.Entry<String, String> parameter : parameters.entrySet()) {
			boolean known = switch (parameter.getKey()) {
				case SERVER_NO_TAKEOVER, CLIENT_NO_TAKEOVER -> parameter.getValue().isEmpty();
				case SERVER_BITS -> isWindowBits(parameter.getValue());
				default -> false;
			};
			if (!known) {
				throw refused("parameter of " + OFFER + " that was not offered");
			}
		}
		return new DeflateExtension(!parameters.containsKey(CLIENT_NO_TAKEOVER),
				!parameters.containsKey(SERVER_NO_TAKEOVER), 0);
	}

	/**
	 * Chooses from what a client offers.
	 * @param offers its extensions, most wanted first
	 * @return what to agree on, or {@code null} for no compression
	 */
	public static @Nullable DeflateExtension choose(List<ExtensionHeader> offers) {
		for (ExtensionHeader offer : offers) {
			if (offer.name().equals(OFFER) && isProper(offer.parameters())) {
				String bits = offer.parameters().get(SERVER_BITS);
				return new DeflateExtension(!offer.parameters().containsKey(SERVER_NO_TAKEOVER),
						!offer.parameters().containsKey(CLIENT_NO_TAKEOVER),
						(bits != null) ? Integer.parseInt(bits) : 0);
			}
		}
		return null;
	}

	private static boolean isProper(Map<String, String> parameters) {
		return parameters.entrySet().stream().allMatch((parameter) -> switch (parameter.getKey()) {
			case SERVER_NO_TAKEOVER, CLIENT_NO_TAKEOVER -> parameter.getValue().isEmpty();
			case SERVER_BITS -> isWindowBits(parameter.getValue());
			// We can inflate whatever window it uses
			case CLIENT_BITS -> parameter.getValue().isEmpty() || isWindowBits(parameter.getValue());
			default -> false;
		});
	}

	/** A server's answer to the client that has been chosen from. */
	public String answer() {
		return OFFER + (this.ownTakeover ? "" : "; " + SERVER_NO_TAKEOVER)
				+ (this.peerTakeover ? "" : "; " + CLIENT_NO_TAKEOVER)
				+ ((this.ownWindowBits > 0) ? "; " + SERVER_BITS + "=" + this.ownWindowBits : "");
	}

	private static boolean isWindowBits(String value) {
		return switch (value) {
			case "8", "9", "10", "11", "12", "13", "14", "15" -> true;
			default -> false;
		};
	}

	private static WebSocketViolation refused(String message) {
		return new WebSocketViolation(CloseCode.PROTOCOL_ERROR, message);
	}

	/**
	 * Makes what reads the peer's messages.
	 * @param alloc for what it needs
	 * @param limits of messages
	 */
	public MessageInflater inflater(ByteBufAllocator alloc, WebSocketLimits limits) {
		return new MessageInflater(alloc, this.peerTakeover, limits.maxInflatedSize(), limits.maxInflateRatio());
	}

	/**
	 * Makes what writes our messages.
	 * @param alloc for what it needs
	 */
	public MessageDeflater deflater(ByteBufAllocator alloc) {
		return new MessageDeflater(alloc, this.ownTakeover, this.ownWindowBits);
	}

}
