package io.securestreams.transport.local;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.JdkPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever fills a value of metadata gets a host of their choice, and nothing else.
 */
@Timeout(60)
class MetadataEndpointTests {

	private final SecureStreams streams = SecureStreams.builder().eventLoopThreads(1).build();

	private final EventRecorder recorder = new EventRecorder();

	@TempDir
	private Path directory;

	@AfterEach
	void stop() {
		this.streams.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws", "raw" })
	void aValueDoesNotTurnTlsOff(String protocol) throws Exception {
		policy(protocol, "\"tls\":true,");
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			fails((protocol.equals("ws") ? "ws" : "http") + "://127.0.0.1:" + peer.port() + "/", "the scheme");
			assertThat(peer.accepted()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws", "raw" })
	void aValueDoesNotReachASocket(String protocol) throws Exception {
		policy(protocol, "");
		noSocket();
	}

	/** Sockets do not use the proxy, so this would be a way around it. */
	@Test
	void aValueDoesNotLeadAroundTheProxy() throws Exception {
		try (JdkPeer proxy = JdkPeer.tcp(JdkPeer::echo)) {
			policy("h1", "\"via-socks5\":\"127.0.0.1:" + proxy.port() + "\",");
			noSocket();
			assertThat(proxy.accepted()).isZero();
		}
	}

	private void noSocket() throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(this.directory.resolve("private"));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address);
			server.configureBlocking(false);
			fails("+" + address.getPath(), "\"+\"");
			assertThat(server.accept()).isNull();
		}
	}

	private void fails(String value, String reason) {
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.metadata().set("where", value);
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.recorder.events).doesNotContain("CONNECTED");
		assertThat(stream.lastFailure()).isNotNull().satisfies((failure) -> {
			assertThat(failure.phase()).isEqualTo(Phase.POLICY);
			assertThat(failure.message()).contains("metadata may not").contains(reason);
		});
	}

	private void policy(String protocol, String more) {
		String text = """
				{"release":"01234567","product":"test","schema-version":1,
				 "retry":[{"default":{"backoff":[1],"conceal":0,"jitterpc":1,"svalidping":0,"svalidhup":0}}],
				 "s":[{"test":{"endpoint":"${where}","port":1,"protocol":"%s",%s"opportunistic":true,
				 "retry":"default","metadata":[{"where":""}]}}]}
				""".formatted(protocol, more);
		this.streams.updatePolicy((policy) -> PolicyJson.read(text, "test").policy());
	}

}
