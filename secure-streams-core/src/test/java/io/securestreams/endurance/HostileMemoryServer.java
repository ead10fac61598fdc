package io.securestreams.endurance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * The server of {@link HostileMemoryIT}, in a JVM of its own, with an MQTT client and a
 * proxy. Prints its ports, then what it holds whenever a line comes; ends with its input.
 */
final class HostileMemoryServer {

	/** Length of an answer. */
	static final int ANSWER = 1 << 20;

	/** How many clients of a broker there are. */
	private static final int SUBSCRIBERS = 5;

	private static final byte[] PIECE = new byte[16 * 1024];

	private HostileMemoryServer() {
	}

	public static void main(String[] args) throws IOException {
		int port = freePort();
		int rawPort = freePort();
		int proxyPort = freePort();
		String policy = """
				{ "s": [
				  { "web": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "big" } },
				  { "uploads": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "up" } },
				  { "chat": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "chat", "ws_binary": true } },
				  { "bytes": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": %d } },
				  { "onward": { "protocol": "raw", "endpoint": "127.0.0.1", "port": %d } } %s ] }
				""".formatted(port, port, port, rawPort, rawPort, subscriptions(Integer.parseInt(args[0])));
		try (SecureStreams streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "hostile").policy())
			.eventLoopThreads(2)
			.build()) {
			streams.listen("web", Answer::new);
			streams.listen("uploads", Upload::new);
			streams.listen("chat", Echo::new);
			streams.listen("bytes", Echo::new);
			streams.serveProxy(ProxyServerSettings.builder()
				.addresses(List.of(ProxyAddress.parse("tcp:127.0.0.1:" + proxyPort)))
				.build());
			for (int i = 0; i < SUBSCRIBERS; i++) {
				streams.create("news" + i, new Reader());
			}
			System.out.println("port " + port + " " + rawPort + " " + proxyPort);
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
			while (in.readLine() != null) {
				Usage usage = Usage.now();
				System.out.println("usage " + usage.heap() + " " + usage.direct() + " " + usage.descriptors() + " "
						+ streams.streams().size());
			}
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	/** Clients of a broker, which share no connection. */
	private static String subscriptions(int brokerPort) {
		StringBuilder all = new StringBuilder();
		for (int i = 0; i < SUBSCRIBERS; i++) {
			all.append("""
					, { "news%d": { "protocol": "mqtt", "endpoint": "127.0.0.1", "port": %d, "nailed_up": true,
					  "mqtt_subscribe": "a", "mqtt_keep_alive": %d } }
					""".formatted(i, brokerPort, 100 + i));
		}
		return all.toString();
	}

	/** Does not take what it gets for long. */
	private static final class Reader implements StreamHandler {

		private int count;

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (++this.count % 100 == 0) {
				stream.pauseReceiving();
				stream.startTimeout(Duration.ofSeconds(1));
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.TIMEOUT) {
				stream.resumeReceiving();
			}
		}

	}

	/** Answers with zeros, at the pace of the peer. */
	private static final class Answer implements StreamHandler {

		private int left;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				this.left = ANSWER;
				stream.acknowledge(200);
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int length = Math.min(Math.min(this.left, slot.capacity()), PIECE.length);
			this.left -= length;
			slot.write(PIECE, 0, length);
			if (this.left == 0) {
				slot.end();
			}
		}

	}

	private static final class Upload implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isEnd()) {
				stream.answer(200);
			}
		}

	}

	private static final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			stream.send(payload.toByteArray()).whenComplete((ordinal, failure) -> {
				if (failure != null) {
					stream.disconnect();
				}
			});
		}

	}

}
