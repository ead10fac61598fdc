package io.securestreams.transport.raw;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same streams as applications see them.
 */
@Timeout(60)
class RawThroughEngineTests {

	@ParameterizedTest
	@CsvSource({ "auto,false", "auto,true", "nio,false", "nio,true" })
	void talksToItself(String transport, boolean tls) {
		TlsPolicy serving = tls ? TestPolicies.serving(TestPki.server("localhost")) : TlsPolicy.NONE;
		TlsPolicy trusting = tls ? TestPolicies.trusting(TestPki.CA.getCertificate()) : TlsPolicy.NONE;
		StreamPolicy server = server(serving);
		try (SecureStreams streams = SecureStreams.builder()
			.transport(Transport.of(transport))
			.policy(policy(server))
			.build()) {
			StreamServer listener = streams.listen("server", Echo::new);
			int port = ((InetSocketAddress) listener.address()).getPort();
			streams.updatePolicy((policy) -> policy(server, client("localhost", port, trusting)));
			Recorder recorder = new Recorder(5);
			SecureStream stream = streams.create("test", recorder);
			stream.send("hello".getBytes(StandardCharsets.US_ASCII));
			stream.connect();
			assertThat(TestLink.await(recorder.enough)).isEqualTo("hello");
			assertThat(recorder.states).containsSubsequence(StreamState.CREATING, StreamState.CONNECTING,
					StreamState.CONNECTED);
			stream.close();
			TestLink.await(recorder.destroyed);
			listener.close();
		}
	}

	@Test
	void tellsWhyItCannotConnect() {
		try (SecureStreams streams = SecureStreams.builder().policy(policy(client("", 80, TlsPolicy.NONE))).build()) {
			Recorder recorder = new Recorder(1);
			SecureStream stream = streams.create("test", recorder);
			stream.connect();
			TestLink.await(recorder.gaveUp);
			assertThat(stream.lastFailure()).satisfies((failure) -> {
				assertThat(failure).isNotNull();
				assertThat(failure.phase()).isEqualTo(Phase.RESOLVE);
			});
			assertThat(recorder.states).contains(StreamState.UNREACHABLE);
		}
	}

	@Test
	void drainsWhenTheEngineShutsDown() {
		StreamPolicy server = TestPolicies.server("127.0.0.1");
		SecureStreams serving = SecureStreams.builder().policy(policy(server)).build();
		StreamServer listener = serving.listen("test", Echo::new);
		int port = ((InetSocketAddress) listener.address()).getPort();
		try (SecureStreams streams = SecureStreams.builder()
			.policy(policy(client("127.0.0.1", port, TlsPolicy.NONE)))
			.build()) {
			Recorder recorder = new Recorder(5);
			SecureStream stream = streams.create("test", recorder);
			stream.send("hello".getBytes(StandardCharsets.US_ASCII));
			stream.connect();
			assertThat(TestLink.await(recorder.enough)).isEqualTo("hello");
			TestLink.await(serving.shutdown(Duration.ofSeconds(10)).toCompletableFuture());
			TestLink.await(recorder.disconnected);
			stream.close();
			TestLink.await(recorder.destroyed);
		}
	}

	private static Policy policy(StreamPolicy... streamTypes) {
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(),
				Stream.of(streamTypes).collect(Collectors.toMap(StreamPolicy::name, Function.identity())));
	}

	private static StreamPolicy server(TlsPolicy tls) {
		StreamPolicy policy = TestPolicies.server("127.0.0.1", 0, tls);
		return new StreamPolicy("server", policy.role(), policy.endpoint(), policy.protocol(), policy.tls(),
				policy.persistence(), policy.trafficClass(), policy.metadata(), policy.features(),
				policy.proxyBuffers());
	}

	private static StreamPolicy client(String host, int port, TlsPolicy tls) {
		StreamPolicy policy = TestPolicies.client(tls);
		return new StreamPolicy(policy.name(), policy.role(),
				new StreamPolicy.Endpoint(Template.parse(host), port, null), policy.protocol(), policy.tls(),
				policy.persistence(), policy.trafficClass(), policy.metadata(), policy.features(),
				policy.proxyBuffers());
	}

	private static final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			stream.send(payload.toByteArray());
		}

	}

	private static final class Recorder implements StreamHandler {

		private final List<StreamState> states = new CopyOnWriteArrayList<>();

		private final CompletableFuture<String> enough = new CompletableFuture<>();

		private final CompletableFuture<Void> disconnected = new CompletableFuture<>();

		private final CompletableFuture<Void> destroyed = new CompletableFuture<>();

		private final CompletableFuture<Void> gaveUp = new CompletableFuture<>();

		private final StringBuilder received = new StringBuilder();

		private final int length;

		Recorder(int length) {
			this.length = length;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			switch (state) {
				case DISCONNECTED -> this.disconnected.complete(null);
				case DESTROYING -> this.destroyed.complete(null);
				case ALL_RETRIES_FAILED -> this.gaveUp.complete(null);
				default -> {
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.received.append(payload.text());
			if (this.received.length() >= this.length) {
				this.enough.complete(this.received.toString());
			}
		}

	}

}
