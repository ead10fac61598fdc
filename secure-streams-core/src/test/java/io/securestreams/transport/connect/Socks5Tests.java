package io.securestreams.transport.connect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.TestSocks5;
import io.securestreams.transport.TestSocks5.Mode;
import io.securestreams.transport.raw.RawTransportFactory;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Socks5Tests {

	private static final String NAME = "only-the-proxy-knows.test";

	private final String transport;

	private TestRuntime test;

	Socks5Tests(String transport) {
		this.transport = transport;
		this.test = TestRuntime.create(transport);
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void leavesTheLookupToTheProxy() throws Exception {
		TestSocks5 socks5 = new TestSocks5(null, null, Mode.CONNECT);
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); JdkPeer proxy = JdkPeer.tcp(socks5)) {
			TestLink link = stream(TestPolicies.client(), NAME, peer.port(), proxy(proxy, null, null));
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			assertThat(socks5.destinations).containsExactly(NAME + ":" + peer.port());
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void authenticates() throws Exception {
		TestSocks5 socks5 = new TestSocks5("user", "s3cret", Mode.CONNECT);
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); JdkPeer proxy = JdkPeer.tcp(socks5)) {
			TestLink link = stream(TestPolicies.client(), "127.0.0.1", peer.port(), proxy(proxy, "user", "s3cret"));
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			assertThat(socks5.destinations).containsExactly("127.0.0.1:" + peer.port());
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void speaksTlsToThePeerBehindTheProxy() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server(NAME), JdkPeer::echo);
				JdkPeer proxy = JdkPeer.tcp(new TestSocks5(null, null, Mode.CONNECT))) {
			TestLink link = stream(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())), NAME,
					peer.port(), proxy(proxy, null, null));
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void keepsWhatComesTogetherWithTheProxysAnswer() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			socket.getOutputStream().write("220 hi".getBytes(StandardCharsets.US_ASCII));
			JdkPeer.echo(socket);
		}); JdkPeer proxy = JdkPeer.tcp(new TestSocks5(null, null, Mode.BANNER))) {
			TestLink link = stream(TestPolicies.client(), NAME, peer.port(), proxy(proxy, null, null));
			link.connect();
			assertThat(link.awaitText(11)).isEqualTo("220 hihello");
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void failsOnWrongPassword() throws Exception {
		String message = failure(new TestSocks5("user", "other", Mode.CONNECT), "user", "s3cret").message();
		assertThat(message).doesNotContain("s3cret");
	}

	@Test
	void failsWhenThePasswordIsMissing() throws Exception {
		failure(new TestSocks5("user", "s3cret", Mode.CONNECT), null, null);
	}

	@Test
	void failsWhenTheProxyRefuses() throws Exception {
		assertThat(failure(new TestSocks5(null, null, Mode.REFUSE), null, null).message())
			.containsIgnoringCase("refused");
	}

	@Test
	void failsWhenTheProxyStalls() throws Exception {
		assertThat(failure(new TestSocks5(null, null, Mode.STALL), null, null).message()).contains("timeout");
	}

	@ParameterizedTest
	@EnumSource(names = { "STALL_HALFWAY", "GARBAGE", "UNASKED_METHOD", "WRONG_VERSION", "FLOOD", "HANG_UP" })
	void failsWhenTheProxyBreaksTheProtocol(Mode mode) throws Exception {
		assertThat(failure(new TestSocks5(null, null, mode), null, null).message()).isNotEqualTo("null");
	}

	@ParameterizedTest
	@CsvSource({ "UNASKED_METHOD,0x01", "PRIVATE_METHOD,0x80" })
	void namesAMethodThatWasNotOffered(Mode mode, String method) throws Exception {
		assertThat(failure(new TestSocks5(null, null, mode), null, null).message())
			.startsWith("SOCKS5 proxy 127.0.0.1:")
			.endsWith(" has chosen authentication method " + method + ", which it was not offered: none");
		assertThat(failure(new TestSocks5(null, null, mode), "user", "s3cret").message())
			.endsWith(" has chosen authentication method " + method
					+ ", which it was not offered: none, or user and password")
			.doesNotContain("s3cret");
	}

	@Test
	void saysThatTheProxyWantsOtherAuthentication() throws Exception {
		assertThat(failure(new TestSocks5(null, null, Mode.NO_METHOD), null, null).message())
			.endsWith(" wants another authentication than what it was offered: none");
	}

	@Test
	void sendsCredentialsAsUtf8() throws Exception {
		TestSocks5 socks5 = new TestSocks5("us\u00e4r", "\u20ac", Mode.CONNECT);
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); JdkPeer proxy = JdkPeer.tcp(socks5)) {
			TestLink link = stream(TestPolicies.client(), NAME, peer.port(), proxy(proxy, "us\u00e4r", "\u20ac"));
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void findsOutWhenTheProxyConnectsToSomebodyElse() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("somebody-else.test"), JdkPeer::echo);
				JdkPeer proxy = JdkPeer.tcp(new TestSocks5(null, null, Mode.CONNECT))) {
			TestLink link = stream(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())), NAME,
					peer.port(), proxy(proxy, null, null));
			link.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.TLS);
			assertThat(link.receivedBytes()).isZero();
		}
	}

	@Test
	void failsWithoutProxyAndGoesNoOtherWay() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			TestLink link = stream(TestPolicies.client(), "127.0.0.1", peer.port(),
					new Socks5Proxy("127.0.0.1", ConnectorTests.freePort(), "user", "s3cret"));
			link.connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.PROXY);
			assertThat(failure.message()).contains("cannot be reached", "refused").doesNotContain("s3cret");
			assertThat(peer.accepted()).isZero();
		}
	}

	private StreamFailure failure(TestSocks5 socks5, @Nullable String user, @Nullable String password)
			throws Exception {
		if (socks5.isStalling()) {
			this.test.close();
			this.test = TestRuntime.create(this.transport,
					NetworkLimits.DEFAULTS.withSocks5Timeout(Duration.ofMillis(500)));
		}
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); JdkPeer proxy = JdkPeer.tcp(socks5)) {
			TestLink link = stream(TestPolicies.client(), NAME, peer.port(), proxy(proxy, user, password));
			link.connect();
			StreamFailure failure = TestLink.await(link.closed);
			assertThat(failure.phase()).isEqualTo(Phase.PROXY);
			assertThat(failure.unsent()).isTrue();
			assertThat(peer.accepted()).isZero();
			assertThat(link.events).containsExactly("timings", "closed");
			return failure;
		}
	}

	private TestLink stream(StreamPolicy policy, String host, int port, Socks5Proxy proxy) {
		TestLink link = new TestLink(this.test.loops().next(), policy, new Address.Host(host, port), proxy);
		link.onWritable((capacity) -> Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
		return link.transport(new RawTransportFactory(this.test.runtime()).client(link));
	}

	private static Socks5Proxy proxy(JdkPeer proxy, @Nullable String user, @Nullable String password) {
		return new Socks5Proxy("127.0.0.1", proxy.port(), user, password);
	}

}
