package io.securestreams.proxy.client;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinkStateTests {

	@Test
	void linksGoFromStateToStateByTheTable() {
		Map<LinkState, Set<LinkState>> table = new EnumMap<>(Map.of( //
				LinkState.IDLE, EnumSet.of(LinkState.CONNECTING, LinkState.CLOSED), //
				LinkState.CONNECTING,
				EnumSet.of(LinkState.GREETING, LinkState.WAITING, LinkState.IDLE, LinkState.CLOSED), //
				LinkState.GREETING, EnumSet.of(LinkState.UP, LinkState.WAITING, LinkState.IDLE, LinkState.CLOSED), //
				LinkState.UP, EnumSet.of(LinkState.WAITING, LinkState.IDLE, LinkState.CLOSED), //
				LinkState.WAITING, EnumSet.of(LinkState.CONNECTING, LinkState.IDLE, LinkState.CLOSED), //
				LinkState.CLOSED, EnumSet.noneOf(LinkState.class)));
		for (LinkState from : LinkState.values()) {
			for (LinkState to : LinkState.values()) {
				assertThat(from.allows(to)).as(from + " to " + to).isEqualTo(table.get(from).contains(to));
			}
		}
	}

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

	@Test
	void onlyConnectionsThatLastAreTriedAgainSoon() {
		LinkRetries retries = new LinkRetries(1, () -> 0);
		assertThat(retries.unreachable()).isEqualTo(1000);
		assertThat(retries.unreachable()).isEqualTo(1000);
		assertThat(retries.lost(0)).isEqualTo(1000);
		assertThat(retries.lost(9999)).isEqualTo(2000);
		assertThat(retries.lost(0)).isEqualTo(4000);
		for (int i = 0; i < 10; i++) {
			retries.lost(0);
		}
		assertThat(retries.lost(0)).isEqualTo(30_000);
		assertThat(retries.unreachable()).isEqualTo(1000);
		assertThat(retries.lost(10_000)).isEqualTo(1000);
	}

	@Test
	void theOtherAddressesAreTriedAtOnceAndThenAllOfThemAfterAWhile() {
		LinkRetries retries = new LinkRetries(3, () -> 0);
		assertThat(retries.address()).isZero();
		assertThat(retries.unreachable()).isZero();
		assertThat(retries.address()).isEqualTo(1);
		assertThat(retries.unreachable()).isZero();
		assertThat(retries.address()).isEqualTo(2);
		assertThat(retries.unreachable()).isEqualTo(1000);
		assertThat(retries.address()).isZero();
		// Addresses that accept and hang up do not make it faster
		assertThat(retries.lost(5)).isZero();
		assertThat(retries.lost(5)).isZero();
		assertThat(retries.lost(5)).isEqualTo(1000);
		assertThat(retries.lost(60_000)).isZero();
		assertThat(retries.address()).isEqualTo(1);
	}

}
