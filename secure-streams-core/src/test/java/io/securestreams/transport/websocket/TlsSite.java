package io.securestreams.transport.websocket;

import java.net.InetSocketAddress;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import io.securestreams.transport.TestPki;
import org.jspecify.annotations.Nullable;

/**
 * An engine that echoes WebSocket messages over TLS, as {@code localhost}.
 */
final class TlsSite implements AutoCloseable {

	private static final String POLICY = """
			{ "s": [ { "echo": { "server": true, "endpoint": "!tls", "protocol": "ws", "ws_deflate": true } } ] }
			""";

	private final SecureStreams streams;

	private final int port;

	TlsSite() throws Exception {
		X509Bundle bundle = TestPki.server("localhost");
		ServerIdentity identity = new ServerIdentity(bundle.toKeyManagerFactory(), null);
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY, "test").policy())
			.virtualHost(new VirtualHost("tls", "127.0.0.1", 0, "own", ClientAuth.NONE))
			.tlsIdentities(new TlsIdentities() {
				@Override
				public @Nullable ServerIdentity serverIdentity(String name) {
					return identity;
				}
			})
			.build();
		this.port = ((InetSocketAddress) this.streams.listen("echo", PieceEcho::new).address()).getPort();
	}

	String url() {
		return "wss://localhost:" + this.port + "/";
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
