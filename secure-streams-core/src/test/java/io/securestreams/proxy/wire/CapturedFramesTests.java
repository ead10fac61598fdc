package io.securestreams.proxy.wire;

import java.util.List;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.testing.LinkCapture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What programs of libwebsockets have sent each other is understood, and written the same
 * again.
 */
class CapturedFramesTests {

	static List<LinkCapture> links() {
		return LinkCapture.all("links");
	}

	/** Those whose client keeps to the protocol. */
	static Stream<LinkCapture> goodConversations() {
		return LinkCapture.all("conversations").stream().filter((capture) -> !BadConversations.isBad(capture.name()));
	}

	static Stream<LinkCapture> badConversations() {
		return LinkCapture.all("conversations").stream().filter((capture) -> BadConversations.isBad(capture.name()));
	}

	@ParameterizedTest
	@MethodSource({ "links", "goodConversations" })
	void whatAClientSentIsWrittenTheSameAgain(LinkCapture capture) throws WireViolation {
		byte[] sent = capture.sent(true);
		for (int cut : List.of(1, 7, 2048, 1 << 20)) {
			ByteBuf again = Unpooled.buffer();
			for (ClientFrame frame : WireReader.client(sent, cut)) {
				FrameEncoder.write(frame, again);
			}
			assertWrittenAgain(again, sent);
		}
	}

	@ParameterizedTest
	@MethodSource({ "links", "goodConversations", "badConversations" })
	void whatAProxySentIsWrittenTheSameAgain(LinkCapture capture) throws WireViolation {
		byte[] sent = capture.sent(false);
		for (int cut : List.of(1, 7, 2048, 1 << 20)) {
			ByteBuf again = Unpooled.buffer();
			for (ProxyFrame frame : WireReader.proxy(sent, cut)) {
				FrameEncoder.write(frame, again);
			}
			assertWrittenAgain(again, sent);
		}
	}

	@ParameterizedTest
	@MethodSource("badConversations")
	void whatBreaksTheProtocolIsRefusedHoweverItIsCut(LinkCapture capture) {
		byte[] sent = capture.sent(true);
		for (int cut : List.of(1, 7, 1 << 20)) {
			assertThatExceptionOfType(WireViolation.class).isThrownBy(() -> WireReader.client(sent, cut));
		}
	}

	@Test
	void clientsOfVersion0AreUnderstood() throws WireViolation {
		byte[] sent = LinkCapture.of("conversations", "neg-sss_v0_layout").sent(true);
		assertThat(WireReader.client(sent, 1)).containsExactly(new StreamType(0, 0, 500_000_000, "get"));
	}

	/** A client that was killed may have left part of a frame. */
	private static void assertWrittenAgain(ByteBuf again, byte[] sent) {
		byte[] bytes = WireReader.bytes(again);
		assertThat(sent).startsWith(bytes);
		assertThat(sent.length - bytes.length).as("bytes of the last frame").isLessThan(64);
	}

}
