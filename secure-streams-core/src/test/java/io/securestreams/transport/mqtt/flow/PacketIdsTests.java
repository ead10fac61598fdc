package io.securestreams.transport.mqtt.flow;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Numbers of packets: of 16 bits, not 0, none twice at a time (MQTT 3.1.1 section 2.3.1).
 */
class PacketIdsTests {

	private final PacketIds ids = new PacketIds();

	@Test
	void withAsManyMessagesUnderWayAsMayBeThereAreNumbersForOtherPackets() {
		Set<Integer> taken = new HashSet<>();
		for (int i = 0; i < PacketIds.MAX_MESSAGES + 500; i++) {
			taken.add(this.ids.take());
		}
		assertThat(taken).hasSize(PacketIds.MAX_MESSAGES + 500).allMatch((id) -> id > 0 && id <= 65_535);
	}

	@Test
	void aNumberIsFreeWhenItsPacketIsAnswered() {
		for (int i = 1; i <= 65_535; i++) {
			assertThat(this.ids.take()).isEqualTo(i);
		}
		this.ids.release(7);
		assertThat(this.ids.take()).isEqualTo(7);
	}

}
