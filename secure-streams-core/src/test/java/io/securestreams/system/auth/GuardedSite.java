package io.securestreams.system.auth;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * A server of any protocol that serves only those it knows.
 */
final class GuardedSite implements AutoCloseable {

	/** The field Authorization of each request. */
	final List<@Nullable String> seen = new CopyOnWriteArrayList<>();

	volatile Predicate<@Nullable String> accepted = (authorization) -> true;

	private final SecureStreams streams;

	private final StreamServer server;

	GuardedSite(String protocol) {
		String policy = """
				{ "s": [ { "site": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "%s",
				  "metadata": [ { "auth": "" } ] } } ] }""".formatted(protocol);
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "site").policy())
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
		this.server = this.streams.listen("site", Guard::new);
	}

	int port() {
		return ((InetSocketAddress) this.server.address()).getPort();
	}

	@Override
	public void close() {
		this.streams.close();
	}

	private final class Guard implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN || state == StreamState.SERVER_UPGRADE) {
				String authorization = stream.metadata().get("auth");
				GuardedSite.this.seen.add(authorization);
				if (!GuardedSite.this.accepted.test(authorization)) {
					stream.answer(401);
				}
				else if (state == StreamState.SERVER_TXN) {
					stream.answer(200, "welcome".getBytes(StandardCharsets.UTF_8));
				}
			}
		}

	}

}
