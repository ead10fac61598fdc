package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.securestreams.limits.WebSocketLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WebSocketProperties}.
 */
class WebSocketPropertiesTests {

	@Test
	void defaultsAreThoseOfTheEngine() {
		assertThat(bind(Map.of())).isEqualTo(WebSocketLimits.DEFAULTS);
	}

	@Test
	void everyKey() {
		assertThat(bind(Map.of("handshake-timeout", "1s", "close-timeout", "2s", "max-header-size", "3KB",
				"max-frame-size", "4KB", "max-message-size", "5MB", "max-inflated-size", "6MB", "max-inflate-ratio",
				"7", "max-control-rate", "8", "slot-capacity", "9KB")))
			.isEqualTo(WebSocketLimits.builder()
				.handshakeTimeout(Duration.ofSeconds(1))
				.closeTimeout(Duration.ofSeconds(2))
				.maxHeadSize(3 * 1024)
				.maxFrameSize(4 * 1024)
				.maxMessageSize(5 * 1024 * 1024)
				.maxInflatedSize(6 * 1024 * 1024)
				.maxInflateRatio(7)
				.maxControlRate(8)
				.slotCapacity(9 * 1024)
				.build());
	}

	@Test
	void whatMakesNoSenseIsRefusedByName() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(Map.of("max-frame-size", "100B")))
			.havingRootCause()
			.withMessage("maxFrameSize: 100 (expected: 125 or more)");
	}

	private static WebSocketLimits bind(Map<String, String> values) {
		Map<String, String> prefixed = new HashMap<>();
		values.forEach((key, value) -> prefixed.put("secure-streams.web-socket." + key, value));
		return new Binder(new MapConfigurationPropertySource(prefixed))
			.bindOrCreate("secure-streams", SecureStreamsProperties.class)
			.webSocket()
			.limits();
	}

}
