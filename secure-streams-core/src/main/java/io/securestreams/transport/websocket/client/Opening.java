package io.securestreams.transport.websocket.client;

import java.util.function.Function;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.frame.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * A client's opening handshake under way: an upgrade on a socket of its own (RFC 6455
 * section 4.1), or a stream of an HTTP/2 connection (RFC 8441 section 5).
 */
interface Opening {

	void begin();

	/** Gives up; nothing is reported any more. */
	void cancel();

	HandshakeRequest request();

	/** What happened while connecting, {@code null} before. */
	@Nullable ConnectReport report();

	/** How long the answer took, µs; 0 before. */
	long responseMicros();

	/**
	 * Hands over what it has opened.
	 * @param connection makes the connection of what carries it
	 * @return the connection, in place but not started
	 */
	WebSocketConnection open(Function<Carrier, WebSocketConnection> connection);

	/**
	 * Is told how it ended, once; possibly before {@link Opening#begin} returns.
	 */
	interface Listener {

		/**
		 * The peer switches protocols; subprotocol and extensions are yet to be looked
		 * at. The opening is to be {@linkplain Opening#open taken over} or cancelled.
		 * @param opening the opening
		 * @param head the answer, to be used during this call only
		 */
		void accepted(Opening opening, ReceivedHeaders head);

		/**
		 * The peer answers otherwise. {@link #explained} follows, unless the opening is
		 * cancelled first.
		 * @param opening the opening
		 * @param status status code
		 * @param head the answer, to be used during this call only
		 */
		void refused(Opening opening, int status, ReceivedHeaders head);

		/**
		 * The refusal is complete, or as much of it as matters; the opening is over.
		 * @param opening the opening
		 * @param text start of the answer's body if that is text, else empty
		 */
		void explained(Opening opening, String text);

		/**
		 * There is no proper answer.
		 * @param opening the opening
		 * @param failure why
		 */
		void failed(Opening opening, StreamFailure failure);

		/**
		 * Nothing has been asked yet: it takes a connection of its own.
		 * @param opening the opening
		 */
		void unavailable(Opening opening);

	}

}
