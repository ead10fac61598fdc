package io.securestreams.transport.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.http.TestHttpPolicy;

/**
 * An engine that serves streamtypes, each of which answers with its name and what it has
 * received, and records what its streams are told.
 */
final class ServingFixture implements AutoCloseable {

	/**
	 * Addresses of the loopback network nobody else uses, so that free ports stay free.
	 */
	private static final String HOST = "127." + ThreadLocalRandom.current().nextInt(1, 255) + "."
			+ ThreadLocalRandom.current().nextInt(1, 255) + "." + ThreadLocalRandom.current().nextInt(2, 254);

	final List<String> events = new CopyOnWriteArrayList<>();

	private final SecureStreams streams;

	ServingFixture(String transport, StreamPolicy... policies) {
		this(transport, (builder) -> builder, policies);
	}

	ServingFixture(String transport, UnaryOperator<SecureStreams.Builder> settings, StreamPolicy... policies) {
		this.streams = settings.apply(SecureStreams.builder().transport(Transport.of(transport)))
			.policy(policy(policies))
			.build();
	}

	static Policy policy(StreamPolicy... policies) {
		Map<String, StreamPolicy> byName = Arrays.stream(policies)
			.collect(Collectors.toMap(StreamPolicy::name, Function.identity()));
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), byName);
	}

	/** A server streamtype on a port of its own or a shared one. */
	static TestHttpPolicy server(String name, int port) {
		return TestHttpPolicy.server().name(name).endpoint(HOST, port).metadata("path", "").metadata("method", "");
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
			return socket.getLocalPort();
		}
	}

	SecureStreams streams() {
		return this.streams;
	}

	StreamServer listen(String streamType) {
		return listen(streamType, () -> new Answer(this.events));
	}

	StreamServer listen(String streamType, Supplier<StreamHandler> handlers) {
		return this.streams.listen(streamType, handlers);
	}

	static Socket connect(int port) throws IOException {
		Socket socket = new Socket(HOST, port);
		socket.setSoTimeout(20_000);
		return socket;
	}

	static Socket connect(StreamServer server) throws IOException {
		return connect(((InetSocketAddress) server.address()).getPort());
	}

	/** Sends bytes and reads until the server closes. */
	static String talk(int port, String request) throws IOException {
		return talk(HOST, port, request);
	}

	static String talk(String host, int port, String request) throws IOException {
		try (Socket socket = new Socket(host, port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	static String get(String path) {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
	}

	static String last(String path) {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	}

	@Override
	public void close() {
		this.streams.close();
	}

	/** Answers "streamtype path body". */
	static final class Answer implements StreamHandler {

		private final List<String> events;

		private final StringBuilder body = new StringBuilder();

		Answer(List<String> events) {
			this.events = events;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.events.add(stream.streamType() + " " + state);
			if (state == StreamState.SERVER_TXN) {
				this.body.setLength(0);
				stream.acknowledge();
				if (!"POST".equals(stream.metadata().get("method"))) {
					stream.requestTx();
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.body.append(payload.text());
			if (payload.isEnd()) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(stream.streamType() + " " + stream.metadata().get("path") + " " + this.body).end();
		}

	}

}
