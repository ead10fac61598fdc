package io.securestreams.transport.http1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Clients that end their half with the request, and handlers on threads of their own.
 */
@Timeout(60)
class Http1HalfCloseTests {

	private static final int ROUNDS = 10;

	private static final byte[] ANSWER = answer();

	private final ExecutorService workers = Executors.newCachedThreadPool();

	/** A permit for each client that has ended its half. */
	private final Semaphore ended = new Semaphore(0);

	@AfterEach
	void stop() {
		this.workers.shutdownNow();
	}

	@ParameterizedTest
	@CsvSource({ "auto,GET", "epoll,GET", "nio,GET", "auto,POST", "epoll,POST", "nio,POST" })
	void aPausedStreamAnswersWholeAfterTheClientsEnd(String transport, String method) throws Exception {
		assumeThat(!transport.equals("epoll") || Epoll.isAvailable()).isTrue();
		try (SecureStreams streams = SecureStreams.builder()
			.transport(Transport.of(transport))
			.policy(PolicyJson.read("""
					{ "release": "1", "product": "test", "schema-version": 1, "s": [ { "web": {
					  "endpoint": "127.0.0.1", "port": 0, "protocol": "h1", "server": true } } ] }
					""", "test").policy())
			.build()) {
			StreamServer listener = streams.listen("web", Pausing::new);
			int port = ((InetSocketAddress) listener.address()).getPort();
			for (int i = 0; i < ROUNDS; i++) {
				try (Socket socket = new Socket("127.0.0.1", port)) {
					socket.setSoTimeout(20_000);
					request(socket, method);
					this.ended.release();
					byte[] response = socket.getInputStream().readAllBytes();
					assertThat(new String(response, 0, 15, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
					assertThat(Arrays.copyOfRange(response, response.length - ANSWER.length, response.length))
						.as("round " + i)
						.isEqualTo(ANSWER);
				}
			}
		}
	}

	private static void request(Socket socket, String method) throws IOException {
		String body = method.equals("POST") ? "question" : "";
		socket.getOutputStream()
			.write((method + " / HTTP/1.1\r\nHost: a\r\n"
					+ (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body)
				.getBytes(StandardCharsets.US_ASCII));
		socket.shutdownOutput();
	}

	private static byte[] answer() {
		byte[] answer = new byte[3_000_000];
		for (int i = 0; i < answer.length; i++) {
			answer[i] = (byte) (i * 31 + (i >> 8));
		}
		return answer;
	}

	/**
	 * Pauses at once, and answers from another thread when the client has ended its half.
	 */
	private final class Pausing implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.pauseReceiving();
				Http1HalfCloseTests.this.workers.execute(() -> answer(stream));
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
		}

		private void answer(SecureStream stream) {
			try {
				Http1HalfCloseTests.this.ended.acquire();
				stream.answer(200, ANSWER).whenComplete((sent, failure) -> stream.resumeReceiving());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
