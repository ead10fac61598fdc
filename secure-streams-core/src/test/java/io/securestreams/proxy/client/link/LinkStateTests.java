package io.securestreams.proxy.client.link;

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

}
