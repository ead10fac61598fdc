package io.securestreams.transport.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.securestreams.SecureStreams;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.StreamServer;

/**
 * An engine on the public API whose streamtypes share one port.
 */
public final class ServerSite implements AutoCloseable {

	/**
	 * An address of the loopback network nobody else uses, so that a free port stays
	 * free.
	 */
	static final String HOST = "127." + ThreadLocalRandom.current().nextInt(1, 255) + "."
			+ ThreadLocalRandom.current().nextInt(1, 255) + "." + ThreadLocalRandom.current().nextInt(2, 254);

	/** A retry policy for streamtypes that want signs of life. */
	private static final String RETRY = "{ \"retry\": [ { \"alive\": { \"svalidping\": 1, \"svalidhup\": 2 } } ], \"s\": [ ";

	final SecureStreams streams;

	final int port;

	/**
	 * Makes an engine that does not listen yet.
	 * @param limits limits of WebSocket connections
	 * @param streamTypes names and keys as JSON, without role and endpoint
	 */
	public ServerSite(WebSocketLimits limits, UnaryOperator<SecureStreams.Builder> settings, String... streamTypes)
			throws IOException {
		this.port = freePort();
		String where = "{ \"server\": true, \"endpoint\": \"" + HOST + "\", \"port\": " + this.port + ", ";
		String policy = Arrays.stream(streamTypes)
			.map((type) -> "{ " + type.replaceFirst("\\{", where) + " }")
			.collect(Collectors.joining(", ", RETRY, " ] }"));
		this.streams = settings
			.apply(SecureStreams.builder().webSocket(limits).policy(PolicyJson.read(policy, "test").policy()))
			.build();
	}

	public ServerSite(WebSocketLimits limits, String... streamTypes) throws IOException {
		this(limits, (builder) -> builder.eventLoopThreads(1), streamTypes);
	}

	public ServerSite(String... streamTypes) throws IOException {
		this(WebSocketLimits.DEFAULTS, streamTypes);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
			return socket.getLocalPort();
		}
	}

	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.streams.listen(streamType, handlers);
	}

	/** Where it is, as keys of a client's streamtype. */
	String endpoint() {
		return "\"endpoint\": \"" + HOST + "\", \"port\": " + this.port;
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
