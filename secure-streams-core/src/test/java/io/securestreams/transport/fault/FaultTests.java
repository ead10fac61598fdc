package io.securestreams.transport.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Outages that an overlay brings about, on a server that works.
 */
@Timeout(60)
class FaultTests {

	private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

	private final AtomicInteger served = new AtomicInteger();

	FaultTests() throws IOException {
		this.server.createContext("/", (exchange) -> {
			this.served.incrementAndGet();
			exchange.sendResponseHeaders(200, 10_000);
			exchange.getResponseBody().write(new byte[10_000]);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private SecureStreams engine(String faults, boolean allowed) {
		Policy policy = PolicyJson.read("""
				{ "s": [ { "page": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "GET",
				  "http_url": "/", "opportunistic": true, "http_resp_map": [ { "418": 1418 } ] } } ] }
				""".formatted(this.server.getAddress().getPort()), "test").policy();
		Policy overlaid = PolicyJson.overlay(policy, "{ \"s\": [ { \"page\": { \"faults\": " + faults + " } } ] }", "o")
			.policy();
		return SecureStreams.builder()
			.policy(overlaid)
			.faults(allowed)
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
	}

	/** States, received bytes and failure of one attempt. */
	static String attempt(SecureStreams engine) throws Exception {
		StringBuilder events = new StringBuilder();
		CompletableFuture<String> end = new CompletableFuture<>();
		SecureStream stream = engine.create("page", new StreamHandler() {

			private int received;

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				switch (state) {
					case CREATING -> stream.requestTx();
					case QOS_ACK_REMOTE, QOS_NACK_REMOTE -> events.append(state).append(' ');
					case DISCONNECTED, ALL_RETRIES_FAILED -> end.complete(events.toString() + this.received + " "
							+ ((stream.lastFailure() != null) ? stream.lastFailure().message() : ""));
					default -> {
					}
				}
			}

			@Override
			public void onUserState(SecureStream stream, int userState) {
				events.append(userState).append(' ');
			}

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				this.received += payload.toByteArray().length;
			}

		});
		String events1 = end.get(20, TimeUnit.SECONDS);
		stream.close();
		return events1;
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "[ { \"refuse\": 1 } ]|0 refused on purpose (faults)|0",
					"[ { \"drop_one_in\": 1 } ]|0 lost on purpose (faults), one in 1|0",
					"[ { \"cut_after\": 700 } ]|700 cut on purpose (faults), after 700 bytes|1",
					"[ { \"delay_ms\": 20 }, { \"cut_after\": 1 } ]|1 cut on purpose (faults), after 1 bytes|1",
					"[ { \"status\": 503 } ]|0 answered 503 on purpose (faults)|0",
					"[ { \"status\": 418 } ]|1418 QOS_NACK_REMOTE 0|0", "[ { \"status\": 204 } ]|QOS_ACK_REMOTE 0|0",
					"[ { \"delay_ms\": 20 } ]|QOS_ACK_REMOTE 10000|1", "[]|QOS_ACK_REMOTE 10000|1" })
	void goesWrongAsTheOverlaySays(String faults, String outcome, int requests) throws Exception {
		try (SecureStreams engine = engine(faults, true)) {
			assertThat(attempt(engine).strip()).isEqualTo(outcome);
			assertThat(this.served).hasValue(requests);
			assertThat(engine.faults()).hasSize(faults.equals("[]") ? 0 : 1);
		}
	}

	@Test
	void nothingGoesWrongUnlessTheApplicationAllowsIt() throws Exception {
		try (SecureStreams engine = engine("[ { \"refuse\": 1 } ]", false)) {
			assertThat(attempt(engine)).startsWith("QOS_ACK_REMOTE 10000");
			assertThat(engine.faults()).isEmpty();
		}
	}

	@Test
	void aStreamThatIsClosedWhileItWaitsIsGone() throws Exception {
		try (SecureStreams engine = engine("[ { \"delay_ms\": 600000 } ]", true)) {
			CompletableFuture<StreamState> gone = new CompletableFuture<>();
			engine.create("page", new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.CREATING) {
						stream.requestTx();
					}
					else if (state == StreamState.CONNECTING) {
						stream.close();
					}
					else if (state == StreamState.DESTROYING) {
						gone.complete(state);
					}
				}
			});
			assertThat(gone.get(20, TimeUnit.SECONDS)).isEqualTo(StreamState.DESTROYING);
		}
	}

}
