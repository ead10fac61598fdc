package io.securestreams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners on real sockets under a new policy.
 */
@Timeout(60)
class ListenerSwapTests {

	private static Policy policy(String... streamTypes) {
		return PolicyJson.read("{\"s\": [" + String.join(",", streamTypes) + "]}", "test").policy();
	}

	private static String raw(int port, String more) {
		return "{\"echo\": {\"server\": true, \"endpoint\": \"127.0.0.1\", \"protocol\": \"raw\", \"port\": " + port
				+ more + "}}";
	}

	private static String web(String name, int port, String url, String more) {
		return "{\"" + name + "\": {\"server\": true, \"endpoint\": \"127.0.0.1\", \"protocol\": \"h1\", \"port\": "
				+ port + ", \"http_url\": \"" + url + "\"" + more + "}}";
	}

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.address()).getPort();
	}

	private static String echo(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII);
	}

	@Test
	void aListenerIsBoundAnewOnTheSamePortAndItsConnectionsLive() throws Exception {
		try (SecureStreams streams = SecureStreams.builder().policy(policy(raw(0, ""))).build()) {
			StreamServer server = streams.listen("echo", Echo::new);
			int port = port(server);
			try (Socket older = new Socket(InetAddress.getLoopbackAddress(), port)) {
				assertThat(echo(older, "one")).isEqualTo("one");
				streams.updatePolicy((current) -> policy(raw(port, ", \"payload_fmt\": \"text\"")));
				// The former one may answer until the new one is there
				List<String> formats = List.of();
				while (!formats.contains("text")) {
					try (Socket newer = connect(port)) {
						assertThat(echo(newer, "two")).isEqualTo("two");
						assertThat(echo(older, "three")).isEqualTo("three");
						formats = server.clients()
							.stream()
							.map((client) -> client.policy().features().payloadFormat())
							.toList();
					}
				}
				assertThat(formats).startsWith("");
			}
			assertThat(port(server)).isEqualTo(port);
		}
	}

	/** Until the new socket is there, the old one may still answer, or nobody. */
	private static Socket connect(int port) throws IOException {
		long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (true) {
			try {
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
				socket.setSoTimeout(500);
				if (echo(socket, "?").equals("?")) {
					return socket;
				}
				socket.close();
			}
			catch (IOException ex) {
				if (System.nanoTime() > end) {
					throw ex;
				}
			}
		}
	}

	@Test
	void streamtypesThatShareASocketChangeOneByOne() throws Exception {
		try (SecureStreams streams = SecureStreams.builder().policy(policy(web("a", 0, "a", ""))).build()) {
			StreamServer probe = streams.listen("a", Page::new);
			int port = port(probe);
			streams.updatePolicy((current) -> policy(web("a", port, "a", ""), web("b", port, "b", "")));
			HttpClient client = HttpClient.newHttpClient();
			assertThat(status(client, port, "/a", 200)).isEqualTo(200);
			streams.listen("b", Page::new);
			assertThat(status(client, port, "/b", 200)).isEqualTo(200);
			streams.updatePolicy((current) -> policy(web("a", port, "a", ""), web("b", port, "c", "")));
			assertThat(status(client, port, "/c", 200)).isEqualTo(200);
			assertThat(status(client, port, "/b", 404)).isEqualTo(404);
			assertThat(status(client, port, "/a", 200)).isEqualTo(200);
			streams.updatePolicy((current) -> policy(web("b", port, "c", "")));
			assertThat(status(client, port, "/a", 404)).isEqualTo(404);
			assertThat(status(client, port, "/c", 200)).isEqualTo(200);
			assertThat(streams.servers()).hasSize(1);
		}
	}

	/** Asks until the answer is what is expected, or for a while. */
	private static int status(HttpClient client, int port, String path, int expected) throws Exception {
		long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		int status;
		do {
			try {
				status = client
					.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
							BodyHandlers.discarding())
					.statusCode();
			}
			catch (IOException ex) {
				status = 0;
			}
		}
		while (status != expected && System.nanoTime() < end);
		return status;
	}

	private static final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			stream.send(payload.toByteArray());
		}

	}

	private static final class Page implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, new byte[] { 'x' });
			}
		}

	}

}
