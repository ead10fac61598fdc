package io.securestreams.proxy.client;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OnwardPhaseTests {

	@Test
	void onwardPhasesFollowEachOtherByTheTable() {
		Map<OnwardPhase, Set<OnwardPhase>> table = new EnumMap<>(Map.of( //
				OnwardPhase.IDLE, EnumSet.of(OnwardPhase.ASKED, OnwardPhase.CONNECTING, OnwardPhase.CLOSED), //
				OnwardPhase.ASKED, EnumSet.of(OnwardPhase.CONNECTING, OnwardPhase.IDLE, OnwardPhase.CLOSED), //
				OnwardPhase.CONNECTING,
				EnumSet.of(OnwardPhase.CONNECTED, OnwardPhase.RETRYING, OnwardPhase.LOST, OnwardPhase.IDLE,
						OnwardPhase.CLOSED), //
				OnwardPhase.RETRYING,
				EnumSet.of(OnwardPhase.ASKED, OnwardPhase.CONNECTING, OnwardPhase.IDLE, OnwardPhase.CLOSED), //
				OnwardPhase.CONNECTED, EnumSet.of(OnwardPhase.IDLE, OnwardPhase.LOST, OnwardPhase.CLOSED), //
				OnwardPhase.LOST,
				EnumSet.of(OnwardPhase.ASKED, OnwardPhase.CONNECTING, OnwardPhase.IDLE, OnwardPhase.CLOSED), //
				OnwardPhase.CLOSED, EnumSet.noneOf(OnwardPhase.class)));
		for (OnwardPhase from : OnwardPhase.values()) {
			for (OnwardPhase to : OnwardPhase.values()) {
				assertThat(from.allows(to)).as(from + " to " + to).isEqualTo(table.get(from).contains(to));
			}
		}
	}

}
