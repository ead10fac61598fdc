package io.securestreams.endurance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

import io.netty.util.internal.PlatformDependent;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * The server of {@link HostileMemoryIT}, in a JVM of its own. Prints its port, then what
 * it holds whenever a line comes; ends with its input.
 */
final class HostileMemoryServer {

	/** Length of an answer. */
	static final int ANSWER = 1 << 20;

	private static final byte[] PIECE = new byte[16 * 1024];

	private HostileMemoryServer() {
	}

	public static void main(String[] args) throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			port = socket.getLocalPort();
		}
		String policy = """
				{ "s": [
				  { "web": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "big" } },
				  { "uploads": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "up" } },
				  { "chat": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "chat", "ws_binary": true } } ] }
				""".formatted(port, port, port);
		try (SecureStreams streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "hostile").policy())
			.eventLoopThreads(2)
			.build()) {
			streams.listen("web", Answer::new);
			streams.listen("uploads", Upload::new);
			streams.listen("chat", Echo::new);
			System.out.println("port " + port);
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
			while (in.readLine() != null) {
				Usage usage = Usage.now();
				System.out.println("usage " + usage.heap() + " " + PlatformDependent.usedDirectMemory() + " "
						+ usage.descriptors() + " " + streams.streams().size());
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
