package io.securestreams.limits;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LimitsTests {

	@Test
	void whatIsNotSetHasItsDefault() {
		HttpClientLimits limits = HttpClientLimits.builder().maxRedirects(3).build();
		assertThat(limits.maxRedirects()).isEqualTo(3);
		assertThat(limits.toBuilder().maxRedirects(HttpClientLimits.DEFAULTS.maxRedirects()).build())
			.isEqualTo(HttpClientLimits.DEFAULTS);
	}

	@Test
	void everythingElseIsKept() {
		InetSocketAddress server = new InetSocketAddress("192.0.2.1", 53);
		NetworkLimits limits = NetworkLimits.builder()
			.nameServers(List.of(server))
			.connectTimeout(Duration.ofSeconds(1))
			.build();
		NetworkLimits other = limits.toBuilder().attemptDelay(Duration.ofMillis(7)).build();
		assertThat(other.nameServers()).containsExactly(server);
		assertThat(other.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(other).isNotEqualTo(limits).isEqualTo(limits.withAttemptDelay(Duration.ofMillis(7)));
		assertThat(other).hasSameHashCodeAs(limits.withAttemptDelay(Duration.ofMillis(7)));
		assertThat(limits.attemptDelay()).isEqualTo(NetworkLimits.DEFAULTS.attemptDelay());
	}

	@Test
	void whatMakesNoSenseIsRefusedByName() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Http2ServerLimits.DEFAULTS.toBuilder().maxResets(0).build())
			.withMessage("maxResets: 0 (expected: 1 or more)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> HttpServerLimits.builder().headTimeout(Duration.ZERO).build())
			.withMessage("headTimeout: PT0S (expected: 1 ms or more)");
	}

	@Test
	void limitsSayWhatTheyAre() {
		assertThat(ListenerLimits.builder().backlog(5).build())
			.hasToString("ListenerLimits{maxConnections=10000, maxConnectionsPerAddress=2000, backlog=5}");
	}

}
