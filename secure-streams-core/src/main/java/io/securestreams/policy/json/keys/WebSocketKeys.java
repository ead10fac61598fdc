package io.securestreams.policy.json.keys;

import java.util.function.Function;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket, of streamtypes that speak it and of HTTP servers that accept an upgrade to
 * it.
 */
final class WebSocketKeys {

	static final Theme THEME = new Theme("WebSocket",
			"Clients have `\"protocol\": \"ws\"`. A server of `h1` or `h2` that has one of these keys accepts "
					+ "upgrades beside its pages.");

	private static final ValueType<String> SUBPROTOCOL = new ValueType<>("name of a subprotocol",
			"{\"anyOf\":[{\"const\":\"\"},{\"$ref\":\"#/$defs/token\"}]}", StreamValues::subprotocol);

	static final Key<String> WS_SUBPROTOCOL = THEME.key("ws_subprotocol", SUBPROTOCOL, Scope.WEBSOCKET)
		.or("")
		.from(options(WebSocketOptions::subprotocol))
		.otherwise("none")
		.example("\"protocol\": \"ws\", \"http_url\": \"/chat\", \"ws_subprotocol\": \"chat.v2\"")
		.more("A client does not connect to a server that does not choose exactly it.")
		.says("Client: subprotocol to ask for. Server: the one to accept.");

	static final Key<Boolean> WS_BINARY = THEME.flag("ws_binary", Scope.WEBSOCKET)
		.from(options(WebSocketOptions::binary))
		.more("Without it they are text, which has to be UTF-8.")
		.says("Whether messages are sent as binary ones.");

	static final Key<Boolean> WS_PRIORITIZE_READS = THEME.flag("ws_prioritize_reads", Scope.WEBSOCKET)
		.from(options(WebSocketOptions::prioritizeReads))
		.more("Slots are served only when everything that has arrived has been read.")
		.says("Whether reading goes before writing.");

	static final Key<Boolean> WS_DEFLATE = THEME.flag("ws_deflate", Scope.WEBSOCKET)
		.from(options(WebSocketOptions::deflate))
		.more("""
				Compression costs memory for each stream, and may give secrets away that travel beside what an \
				attacker chooses.""")
		.says("Whether permessage-deflate is offered, or accepted.");

	static final Key<Boolean> WS_OVER_H2 = THEME.flag("ws_over_h2", Scope.WEBSOCKET_CLIENT)
		.from((stream) -> (stream.protocol() instanceof MqttPolicy mqtt) ? mqtt.options().overHttp2()
				: options(WebSocketOptions::overHttp2).find(stream))
		.more("Where the server does not have that, the stream has a connection of its own over HTTP/1.1.")
		.says("Whether a client asks for HTTP/2 to open its WebSocket on (RFC 8441).");

	private WebSocketKeys() {
	}

	private static <T> Finder<T> options(Function<WebSocketOptions, T> value) {
		return (stream) -> {
			WebSocketOptions options = options(stream);
			return (options != null) ? value.apply(options) : null;
		};
	}

	private static @Nullable WebSocketOptions options(StreamPolicy stream) {
		if (stream.protocol() instanceof WebSocketPolicy webSocket) {
			return webSocket.options();
		}
		return (stream.protocol() instanceof HttpPolicy http) ? http.upgrade() : null;
	}

	/** What an upgrade of a server uses, {@code null} if it accepts none. */
	static @Nullable WebSocketOptions upgrade(Draft from) {
		boolean wanted = from.has(WS_SUBPROTOCOL) || from.has(WS_BINARY) || from.has(WS_PRIORITIZE_READS)
				|| from.has(WS_DEFLATE);
		return (wanted && EndpointKeys.role(from) == Role.SERVER) ? options(from) : null;
	}

	static WebSocketOptions options(Draft from) {
		return new WebSocketOptions(from.get(WS_SUBPROTOCOL), from.get(WS_BINARY), from.get(WS_PRIORITIZE_READS),
				from.get(WS_DEFLATE), from.get(WS_OVER_H2));
	}

}
