package io.securestreams.transport.http1;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Endpoint;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.http.TestHttpPolicy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both ends as applications see them.
 */
@Timeout(60)
class Http1ThroughEngineTests {

	@ParameterizedTest
	@CsvSource({ "nio,false", "auto,false", "nio,true", "auto,true" })
	void talksToItself(String transport, boolean tls) throws Exception {
		StreamPolicy server = TestHttpPolicy.server()
			.name("server")
			.metadata("path", "")
			.metadata("method", "")
			.metadata("mime", "content-type:")
			.tls(tls ? TestPolicies.serving(TestPki.server("localhost")) : TlsPolicy.NONE)
			.build();
		TlsPolicy trusting = tls ? TestPolicies.trusting(TestPki.CA.getCertificate()) : TlsPolicy.NONE;
		try (SecureStreams streams = SecureStreams.builder()
			.transport(Transport.of(transport))
			.policy(policy(Map.of("server", server)))
			.build()) {
			List<StreamState> served = new CopyOnWriteArrayList<>();
			Set<SecureStream> accepted = ConcurrentHashMap.newKeySet();
			StreamServer listener = streams.listen("server", () -> new Echo(served, accepted));
			int port = ((InetSocketAddress) listener.address()).getPort();
			StreamPolicy get = at("get", port,
					TestHttpPolicy.get("/get").metadata("type", "content-type:").tls(trusting).build());
			StreamPolicy post = at("post", port, TestHttpPolicy.post("/post").tls(trusting).build());
			streams.updatePolicy((policy) -> policy(Map.of("server", server, "get", get, "post", post)));
			Recorder recorder = new Recorder();
			SecureStream getter = streams.create("get", recorder);
			for (int i = 0; i < 5; i++) {
				getter.requestTx();
				assertThat(recorder.transaction())
					.isEqualTo("POLL CONNECTING CONNECTED [GET /get ] QOS_ACK_REMOTE DISCONNECTED");
			}
			assertThat(getter.metadata().get("type")).isEqualTo("text/plain");
			Recorder posted = new Recorder();
			SecureStream poster = streams.create("post", posted);
			for (int i = 0; i < 5; i++) {
				poster.send("body".getBytes(StandardCharsets.US_ASCII));
				assertThat(posted.transaction())
					.isEqualTo("POLL CONNECTING CONNECTED [POST /post body] QOS_ACK_REMOTE DISCONNECTED");
			}
			assertThat(accepted).as("a stream for each request").hasSize(10);
			assertThat(served).startsWith(StreamState.CREATING, StreamState.CONNECTING, StreamState.CONNECTED,
					StreamState.SERVER_TXN, StreamState.DISCONNECTED, StreamState.DESTROYING, StreamState.CREATING);
			getter.close();
			poster.close();
			listener.close();
		}
	}

	private static Policy policy(Map<String, StreamPolicy> streamTypes) {
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), streamTypes);
	}

	private static StreamPolicy at(String name, int port, StreamPolicy policy) {
		return new StreamPolicy(name, policy.role(), new Endpoint(Template.parse("localhost"), port, null),
				policy.protocol(), policy.tls(), policy.persistence(), policy.trafficClass(), policy.metadata(),
				policy.features(), policy.proxyBuffers());
	}

	/** Answers with method, path and body. */
	private static final class Echo implements StreamHandler {

		private final List<StreamState> states;

		private final Set<SecureStream> accepted;

		private final StringBuilder body = new StringBuilder();

		Echo(List<StreamState> states, Set<SecureStream> accepted) {
			this.states = states;
			this.accepted = accepted;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			this.accepted.add(stream);
			if (state == StreamState.SERVER_TXN) {
				this.body.setLength(0);
				stream.acknowledge();
				if ("GET".equals(stream.metadata().get("method"))) {
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
			stream.metadata().set("mime", "text/plain");
			slot.write(stream.metadata().get("method") + " " + stream.metadata().get("path") + " " + this.body).end();
		}

	}

	private static final class Recorder implements StreamHandler {

		private final BlockingQueue<String> transactions = new LinkedBlockingQueue<>();

		private final StringBuilder events = new StringBuilder();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CREATING) {
				return;
			}
			this.events.append(state);
			if (state == StreamState.DISCONNECTED) {
				this.transactions.add(this.events.toString());
				this.events.setLength(0);
			}
			else {
				this.events.append(' ');
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.events.append(payload.isStart() ? "[" : "").append(payload.text()).append(payload.isEnd() ? "] " : "");
		}

		String transaction() throws InterruptedException {
			String events = this.transactions.poll(20, TimeUnit.SECONDS);
			return (events != null) ? events : "only " + this.events;
		}

	}

}
