package io.securestreams.transport.websocket;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.websocket.frame.CloseCode;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import io.securestreams.transport.websocket.frame.WebSocketViolation;
import org.jspecify.annotations.Nullable;

/**
 * What a server agrees to in its answer to an opening handshake (RFC 6455 section 4.1),
 * whatever the HTTP version.
 */
public final class HandshakeAnswer {

	private HandshakeAnswer() {
	}

	/**
	 * Looks at subprotocol and extensions.
	 * @param head the answer
	 * @param options what was offered
	 * @return what was agreed on about compression, or {@code null} for none
	 * @throws WebSocketViolation if it is not exactly what was offered
	 */
	public static @Nullable DeflateExtension agreed(ReceivedHeaders head, WebSocketOptions options)
			throws WebSocketViolation {
		String offered = options.subprotocol();
		List<String> chosen = values(head, "sec-websocket-protocol");
		if (!chosen.equals(offered.isEmpty() ? List.of() : List.of(offered))) {
			throw new WebSocketViolation(CloseCode.PROTOCOL_ERROR, offered.isEmpty()
					? "subprotocol that was not offered" : "subprotocol other than \"" + offered + "\"");
		}
		return DeflateExtension.agreed(values(head, "sec-websocket-extensions"), options.deflate());
	}

	/** All values of a header field, whose name is in lower case. */
	public static List<String> values(ReceivedHeaders head, String name) {
		List<String> values = new ArrayList<>();
		head.forEach((field, value) -> {
			if (field.equals(name)) {
				values.add(value);
			}
		});
		return values;
	}

}
