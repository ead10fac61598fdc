package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.securestreams.limits.MqttLimits;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MqttProperties}.
 */
class MqttPropertiesTests {

	@Test
	void defaultsAreThoseOfTheEngine() {
		assertThat(bind(Map.of())).isEqualTo(MqttLimits.DEFAULTS);
	}

	@Test
	void everyKey() {
		assertThat(bind(Map.ofEntries(entry("connect-timeout", "3s"), entry("max-packet-size", "4KB"),
				entry("max-in-flight", "5"), entry("max-in-flight-bytes", "6KB"), entry("max-collected", "7KB"),
				entry("max-held", "8KB"), entry("unclaimed-time", "9s"), entry("max-useless", "10"),
				entry("slot-capacity", "11KB"))))
			.isEqualTo(MqttLimits.builder()
				.connectTimeout(Duration.ofSeconds(3))
				.maxPacketSize(4 * 1024)
				.maxInFlight(5)
				.maxInFlightBytes(6 * 1024)
				.maxCollected(7 * 1024)
				.maxHeld(8 * 1024)
				.unclaimedTime(Duration.ofSeconds(9))
				.maxUseless(10)
				.slotCapacity(11 * 1024)
				.build());
	}

	@Test
	void whatMakesNoSenseIsRefusedByName() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(Map.of("max-in-flight", "0")))
			.havingRootCause()
			.withMessage("maxInFlight: 0 (expected: 1 or more)");
	}

	private static MqttLimits bind(Map<String, String> values) {
		Map<String, String> prefixed = new HashMap<>();
		values.forEach((key, value) -> prefixed.put("secure-streams.mqtt." + key, value));
		return new Binder(new MapConfigurationPropertySource(prefixed))
			.bindOrCreate("secure-streams", SecureStreamsProperties.class)
			.mqtt()
			.limits();
	}

}
