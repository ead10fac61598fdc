package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.raw.RawTransportFactory;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class KeepAliveTests {

	private final TestRuntime test;

	KeepAliveTests(String transport) {
		this.test = TestRuntime.create(transport);
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void setsTheTimesOfTheSocket() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			Channel channel = connect(peer).open();
			boolean jdk = this.test.loops().transportName().equals("nio");
			assertThat(KeepAlive.start(channel, retry(10_500, 31_000)))
				.isEqualTo(jdk ? KeepAlive.IDLE : KeepAlive.FULL);
			assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
			// Probes after 11, 17, 23 and 29 s find nobody, which is known at 31 s
			if (jdk) {
				assertThat(channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
					.isEqualTo(11);
				assertThat(channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)))
					.isEqualTo(6);
				assertThat(channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)))
					.isEqualTo(3);
			}
			else {
				assertThat(channel.config().getOption(KeepAlive.Linux.IDLE)).isEqualTo(11);
				assertThat(channel.config().getOption(KeepAlive.Linux.INTERVAL)).isEqualTo(6);
				assertThat(channel.config().getOption(KeepAlive.Linux.PROBES)).isEqualTo(3);
				assertThat(channel.config().getOption(KeepAlive.Linux.USER_TIMEOUT)).isEqualTo(31_000);
			}
			channel.close();
		}
	}

	@Test
	void needsAPingBeforeTheHangup() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			Channel channel = connect(peer).open();
			assertThat(KeepAlive.start(channel, retry(0, 10_000))).isEqualTo(KeepAlive.NONE);
			assertThat(KeepAlive.start(channel, retry(10_000, 10_000))).isEqualTo(KeepAlive.NONE);
			assertThat(KeepAlive.start(channel, retry(10_000, 0))).isEqualTo(KeepAlive.NONE);
			assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
			channel.close();
		}
	}

	@Test
	void isForTcpOnly() {
		assertThat(KeepAlive.start(new EmbeddedChannel(), RetryPolicy.NONE)).isEqualTo(KeepAlive.NONE);
	}

	/**
	 * The system is content with acknowledgements; the policy has a limit for silence.
	 */
	@Test
	void hangsUpOnAPeerThatOnlyListens() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes())) {
			TestLink link = stream(peer, retry(50, 100));
			link.onWritable((capacity) -> Unpooled.wrappedBuffer(new byte[1]));
			link.onConnected(() -> link.transport().requestWrite());
			link.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.VALIDITY);
		}
	}

	@Test
	void hangsUpOnAPeerThatWasNotAskedAnything() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes())) {
			TestLink link = stream(peer, retry(50, 100));
			link.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.VALIDITY);
		}
	}

	@Test
	void leavesSilentPeersAloneWithoutALimit() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes())) {
			TestLink link = stream(peer, retry(50, 0));
			link.connect();
			TestLink.await(link.connected);
			afterHangup(link);
			assertThat(link.closed).isNotDone();
			link.run(() -> link.transport().close());
		}
	}

	private TestLink stream(JdkPeer peer, RetryPolicy retry) {
		TestLink link = new TestLink(this.test.loops().next(), TestPolicies.client(retry),
				new Address.Host("127.0.0.1", peer.port()), null);
		return link.transport(new RawTransportFactory(this.test.runtime()).client(link));
	}

	/** Timers of the loop that were due before this have run. */
	private void afterHangup(TestLink link) {
		CompletableFuture<Void> due = new CompletableFuture<>();
		link.run(() -> link.executor().schedule(() -> due.complete(null), 500));
		TestLink.await(due);
	}

	private ConnectResult connect(JdkPeer peer) {
		return ConnectResult.of(this.test.runtime(), new Origin(new Address.Host("127.0.0.1", peer.port()), false,
				TlsPolicy.NONE, TrafficClass.NORMAL, null, List.of()));
	}

	private static RetryPolicy retry(long pingMillis, long hangupMillis) {
		return new RetryPolicy("test", List.of(), 0, 0, Duration.ofMillis(pingMillis), Duration.ofMillis(hangupMillis));
	}

}
