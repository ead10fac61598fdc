package io.securestreams.transport.websocket.server;

import java.util.function.Consumer;
import java.util.function.Function;

import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.frame.Carrier;

/**
 * How a server accepts an opening handshake, which depends on the HTTP version.
 */
@FunctionalInterface
interface HandshakeAcceptance {

	/**
	 * Answers that the WebSocket is open; the answer is written but perhaps not flushed.
	 * @param fields writes the fields that we have agreed on, and the application's
	 * @param connection makes the connection of what carries it, before this returns
	 */
	void accept(Consumer<HeaderSink> fields, Function<Carrier, WebSocketConnection> connection);

}
