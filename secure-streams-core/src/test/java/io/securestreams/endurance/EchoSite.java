package io.securestreams.endurance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.LongAdder;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Sends back what it gets, over HTTP/1.1, HTTP/2 and WebSockets on one port and plain
 * bytes on another; requests whose body starts with {@link #SILENT} it leaves unanswered.
 */
final class EchoSite implements AutoCloseable {

	static final byte SILENT = 'S';

	final LongAdder requests = new LongAdder();

	final SecureStreams streams;

	final int port = freePort();

	final int rawPort = freePort();

	EchoSite() throws IOException {
		String policy = """
				{ "s": [
				  { "web": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "echo" } },
				  { "chat": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": %d,
				    "http_url": "chat", "ws_binary": true } },
				  { "bytes": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": %d } } ] }
				""".formatted(this.port, this.port, this.rawPort);
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "endurance").policy())
			.eventLoopThreads(1)
			.build();
		this.streams.listen("web", Answers::new);
		this.streams.listen("chat", Echo::new);
		this.streams.listen("bytes", Echo::new);
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.streams.close();
	}

	private final class Answers implements StreamHandler {

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				this.body.reset();
				EchoSite.this.requests.increment();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.body.writeBytes(payload.toByteArray());
			if (payload.isEnd()) {
				byte[] whole = this.body.toByteArray();
				this.body.reset();
				if (whole.length == 0 || whole[0] != SILENT) {
					stream.answer(200, whole);
				}
			}
		}

	}

	private final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			EchoSite.this.requests.increment();
			stream.send(payload.toByteArray()).whenComplete((ordinal, failure) -> {
				if (failure != null) {
					// A gap would not be an echo
					stream.disconnect();
				}
			});
		}

	}

}
