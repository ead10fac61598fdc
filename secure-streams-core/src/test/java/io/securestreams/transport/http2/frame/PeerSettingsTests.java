package io.securestreams.transport.http2.frame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The settings of a peer, and who waits for them.
 */
class PeerSettingsTests {

	@Test
	void oneThatThrowsKeepsNobodyElseWaiting() {
		PeerSettings settings = PeerSettings.ofServer(1);
		List<String> told = new ArrayList<>();
		settings.whenSettled(() -> told.add("first"));
		settings.whenSettled(() -> {
			throw new IllegalStateException("second");
		});
		settings.whenSettled(() -> told.add("third"));
		settings.settle();
		assertThat(told).containsExactly("first", "third");
	}

	private static PeerSettings told(int... idsAndValues) throws Http2Violation {
		PeerSettings settings = PeerSettings.ofServer(1);
		tell(settings, idsAndValues);
		return settings;
	}

	private static void tell(PeerSettings settings, int... idsAndValues) throws Http2Violation {
		ByteBuf frame = Unpooled.buffer();
		for (int i = 0; i < idsAndValues.length; i += 2) {
			frame.writeShort(idsAndValues[i]).writeInt(idsAndValues[i + 1]);
		}
		settings.apply(frame, frame.readableBytes());
	}

	@ParameterizedTest
	@CsvSource({ "4, -2147483648, SETTINGS_INITIAL_WINDOW_SIZE 2147483648, FLOW_CONTROL_ERROR",
			"5, 16383, SETTINGS_MAX_FRAME_SIZE 16383, PROTOCOL_ERROR",
			"5, 16777216, SETTINGS_MAX_FRAME_SIZE 16777216, PROTOCOL_ERROR",
			"8, 2, SETTINGS_ENABLE_CONNECT_PROTOCOL 2, PROTOCOL_ERROR" })
	void valuesThatAreNotAllowedAreNamed(int id, int value, String message, Http2Error error) {
		assertThatExceptionOfType(Http2Violation.class).isThrownBy(() -> told(id, value))
			.withMessage(message)
			.satisfies((violation) -> assertThat(violation.error()).isEqualTo(error));
	}

	/** RFC 8441 section 3. */
	@Test
	void whatHasBeenOfferedIsNotTakenBack() throws Http2Violation {
		PeerSettings settings = told(8, 0);
		tell(settings, 8, 1);
		assertThatExceptionOfType(Http2Violation.class).isThrownBy(() -> tell(settings, 8, 0))
			.withMessage("SETTINGS_ENABLE_CONNECT_PROTOCOL 0");
	}

	@Test
	void aFrameHasNotMoreSettingsThanAnybodyNeeds() throws Http2Violation {
		int[] most = new int[2 * 64];
		Arrays.fill(most, 0x4242);
		assertThat(told(most)).isNotNull();
		assertThatExceptionOfType(Http2Violation.class).isThrownBy(() -> told(Arrays.copyOf(most, most.length + 2)))
			.withMessage("65 settings in a frame")
			.satisfies((violation) -> assertThat(violation.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM));
	}

}
