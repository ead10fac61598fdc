package io.securestreams.transport;

import java.net.UnixDomainSocketAddress;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.netty.handler.codec.http2.Http2Error;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.RedirectRefusedException;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.websocket.frame.CloseCode;
import io.securestreams.transport.websocket.frame.WebSocketViolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What a peer has written ends up in logs: it forges no lines there, and commands no
 * terminal.
 */
class PeerTextTests {

	private static final String EVIL = "gone\r\n12:00 INFO all is well\u001b[2J";

	private static final String HARMLESS = "gone\\r\\n12:00 INFO all is well\\u001b[2J";

	static Stream<Arguments> messages() {
		return Stream.of(message("http1", (text) -> new MalformedMessageException(400, text).getMessage()),
				message("http2", (text) -> new Http2Violation(Http2Error.PROTOCOL_ERROR, text).getMessage()),
				message("websocket", (text) -> new WebSocketViolation(CloseCode.PROTOCOL_ERROR, text).getMessage()),
				message("redirect", (text) -> new RedirectRefusedException(text).getMessage()),
				message("request", (text) -> new InvalidRequestException(text).getMessage()),
				message("failure", (text) -> StreamFailure.sent(Phase.CONNECTION, text, "a", null).message()),
				message("endpoint", (text) -> StreamFailure.sent(Phase.CONNECTION, "a", text, null).endpoint()));
	}

	private static Arguments message(String of, Function<String, String> text) {
		return arguments(of, text);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("messages")
	void messagesAreOneLineAndCommandNothing(String of, Function<String, String> text) {
		assertThat(text.apply(EVIL)).isEqualTo(HARMLESS);
	}

	@Test
	void clientsOfUnixSocketsChooseTheirNames() {
		assertThat(PeerName.of(UnixDomainSocketAddress.of("/tmp/" + EVIL))).isEqualTo("/tmp/" + HARMLESS);
	}

}
