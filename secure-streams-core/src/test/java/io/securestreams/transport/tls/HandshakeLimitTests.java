package io.securestreams.transport.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLEngine;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Peers that send without end instead of making a handshake.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class HandshakeLimitTests {

	/** A warning that means nothing: user_canceled. */
	private static final byte[] ALERT = { 21, 3, 3, 0, 2, 1, 90 };

	private static final int ALERTS = 8 * 1024 * 1024 / ALERT.length;

	private final TestRuntime test;

	HandshakeLimitTests(String transport) {
		this.test = TestRuntime.create(transport);
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void hangsUpOnServersThatSendAlertsWithoutEnd() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> flood(socket.getOutputStream()))) {
			StreamFailure failure = ConnectResult
				.of(this.test.runtime(), new Origin(new Address.Host("localhost", peer.port()), true,
						TestPolicies.trusting(TestPki.CA.getCertificate()), TrafficClass.NORMAL, null, List.of()))
				.failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
		}
	}

	@Test
	void hangsUpOnClientsThatSendAlertsWithoutEnd() throws Exception {
		BoundListener listener = TestLink.await(this.test.runtime()
			.listener()
			.bind(TestPolicies.server("127.0.0.1", 0, TestPolicies.serving(TestPki.server("localhost"))), List.of(),
					(channel) -> {
					})
			.toCompletableFuture());
		try (Socket socket = new Socket()) {
			socket.connect(listener.address());
			assertThat(flood(socket.getOutputStream())).isLessThan(ALERTS);
		}
	}

	@Test
	void countsUntilTheHandshakeIsOver() {
		EmbeddedChannel channel = new EmbeddedChannel();
		SslHandler handler = new SslHandler(engine());
		HandshakeLimit.addBoth(channel.pipeline(), handler);
		channel.writeInbound(Unpooled.wrappedBuffer(ALERT));
		assertThat(channel.isOpen()).isTrue();
		byte[] many = new byte[HandshakeLimit.MAX_BYTES];
		Arrays.fill(many, (byte) 21);
		assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(many)))
			.hasMessageContaining("more than " + HandshakeLimit.MAX_BYTES + " bytes");
		assertThat(channel.isOpen()).isFalse();
		channel.finishAndReleaseAll();
	}

	private static SSLEngine engine() {
		SSLEngine engine = TestPki.jdkContext(TestPki.server("localhost")).createSSLEngine();
		engine.setUseClientMode(false);
		return engine;
	}

	/** Returns how many could be sent. */
	private static int flood(OutputStream out) {
		byte[] many = new byte[ALERT.length * 1024];
		for (int i = 0; i < many.length; i++) {
			many[i] = ALERT[i % ALERT.length];
		}
		int sent = 0;
		try {
			for (; sent < ALERTS; sent += 1024) {
				out.write(many);
			}
		}
		catch (IOException ex) {
			// It has hung up
		}
		return sent;
	}

}
