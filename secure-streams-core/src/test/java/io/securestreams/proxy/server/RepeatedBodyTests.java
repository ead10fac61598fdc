package io.securestreams.proxy.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request whose attempt fails in the middle of its body, and that may be repeated: the
 * next one has the whole body, and nothing of the first.
 */
@Timeout(60)
class RepeatedBodyTests {

	@TempDir
	Path directory;

	@Test
	void theNextAttemptHasNothingOfTheBodyOfTheFirst() throws Exception {
		byte[] body = new byte[6 * 1024 * 1024];
		new Random(1).nextBytes(body);
		ProxyAddress address = ProxyAddress.parse("unix:" + this.directory.resolve("p"));
		try (ServerSocket peer = new ServerSocket()) {
			// Most of the body has to wait in the proxy
			peer.setReceiveBufferSize(4096);
			peer.setSoTimeout(20_000);
			peer.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			try (SecureStreams engine = SecureStreams.builder().policy(PolicyJson.read("""
					{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 9, "jitterpc": 1 } } ], "s": [
					  { "put": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "PUT",
					    "http_url": "x", "retry": "quick", "opportunistic": true } } ] }
					""".formatted(peer.getLocalPort()), "test").policy()).eventLoopThreads(1).build();
					ProxyServer server = engine
						.serveProxy(ProxyServerSettings.builder().addresses(List.of(address)).build());
					SecureStreams client = SecureStreams.builder()
						.proxy(ProxyClientSettings.of(address))
						.eventLoopThreads(1)
						.build()) {
				SecureStream stream = client.create("put", new StreamHandler() {
				});
				CompletableFuture<Long> sent = stream.send(body).toCompletableFuture();
				try (Socket first = peer.accept()) {
					head(first);
					Awaitility.await()
						.atMost(Duration.ofSeconds(20))
						.until(() -> server.links().stream().anyMatch((link) -> link.queuedBytes() > 0));
				}
				try (Socket second = peer.accept()) {
					second.setSoTimeout(20_000);
					String head = head(second);
					assertThat(head).contains("content-length: " + body.length);
					byte[] arrived = new byte[body.length];
					new DataInputStream(second.getInputStream()).readFully(arrived);
					assertThat(arrived).isEqualTo(body);
					second.getOutputStream()
						.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
					sent.get(20, TimeUnit.SECONDS);
				}
			}
		}
	}

	private static String head(Socket socket) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = socket.getInputStream().read();
			assertThat(next).as("after " + head).isNotNegative();
			head.append((char) next);
		}
		return head.toString().toLowerCase(java.util.Locale.ROOT);
	}

}
