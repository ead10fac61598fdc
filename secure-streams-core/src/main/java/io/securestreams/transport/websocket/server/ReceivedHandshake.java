package io.securestreams.transport.websocket.server;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import io.securestreams.policy.http.HttpToken;
import io.securestreams.transport.http.ProtocolRequest;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.websocket.HandshakeAnswer;
import io.securestreams.transport.websocket.HandshakeKey;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import io.securestreams.transport.websocket.frame.ExtensionHeader;
import org.jspecify.annotations.Nullable;

/**
 * A client's half of an opening handshake (RFC 6455 section 4.2.1), read at once because
 * header fields do not last. On HTTP/2 there is no key (RFC 8441 section 5).
 */
final class ReceivedHandshake {

	/** Name of the protocol, as registered for {@code Upgrade}. */
	static final String PROTOCOL = "websocket";

	/** Its one version. */
	static final String VERSION = "13";

	private static final int KEY_LENGTH = 16;

	private final boolean versionKnown;

	private final boolean proper;

	private final boolean keyless;

	private final @Nullable String key;

	private final @Nullable List<String> subprotocols;

	private final @Nullable List<ExtensionHeader> extensions;

	/**
	 * Reads a handshake.
	 * @param request the request
	 * @param keyless whether there is no key, because it is one of HTTP/2
	 */
	ReceivedHandshake(ProtocolRequest request, boolean keyless) {
		this.keyless = keyless;
		ReceivedHeaders fields = request.fields();
		this.versionKnown = HandshakeAnswer.values(fields, "sec-websocket-version").equals(List.of(VERSION));
		this.subprotocols = tokens(HandshakeAnswer.values(fields, "sec-websocket-protocol"));
		this.extensions = ExtensionHeader.parse(HandshakeAnswer.values(fields, "sec-websocket-extensions"));
		this.key = keyless ? null : key(HandshakeAnswer.values(fields, "sec-websocket-key"));
		this.proper = this.versionKnown && this.subprotocols != null && this.extensions != null
				&& (keyless || (this.key != null && request.method().equals("GET")));
	}

	private static @Nullable String key(List<String> values) {
		if (values.size() != 1) {
			return null;
		}
		try {
			return (Base64.getDecoder().decode(values.get(0)).length == KEY_LENGTH) ? values.get(0) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static @Nullable List<String> tokens(List<String> values) {
		List<String> tokens = new ArrayList<>();
		for (String value : values) {
			for (String part : value.split(",", -1)) {
				String token = part.strip();
				if (!HttpToken.isToken(token)) {
					return null;
				}
				tokens.add(token);
			}
		}
		return tokens;
	}

	/** Whether it is about the version that we speak. */
	boolean isVersionKnown() {
		return this.versionKnown;
	}

	/** Whether it is what an opening handshake has to be. */
	boolean isProper() {
		return this.proper;
	}

	/** Whether it has come over HTTP/2. */
	boolean isKeyless() {
		return this.keyless;
	}

	/** What the client offers, most wanted first. */
	List<String> subprotocols() {
		return (this.subprotocols != null) ? this.subprotocols : List.of();
	}

	/** What to agree on about compression, or {@code null} for none. */
	@Nullable DeflateExtension deflate() {
		return (this.extensions != null) ? DeflateExtension.choose(this.extensions) : null;
	}

	/** What proves that the key has been read, or {@code null} if there is none. */
	@Nullable String accept() {
		return (this.key != null) ? HandshakeKey.accept(this.key) : null;
	}

}
