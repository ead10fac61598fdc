package io.securestreams.proxy.client.link;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinkRetriesTests {

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
