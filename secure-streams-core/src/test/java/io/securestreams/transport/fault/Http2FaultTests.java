package io.securestreams.transport.fault;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Outages over HTTP/2, where streams share a connection: what goes wrong for one of them
 * does so for it alone.
 */
@Timeout(60)
class Http2FaultTests {

	private static final String SITE = "{ \"site\": { \"server\": true, \"protocol\": \"h2\", "
			+ "\"endpoint\": \"127.0.0.1\", \"port\": 0 } }";

	private final AtomicInteger served = new AtomicInteger();

	private final SecureStreams site = SecureStreams.builder()
		.policy(PolicyJson.read("{ \"s\": [ " + SITE + " ] }", "test").policy())
		.eventLoopThreads(1)
		.build();

	private final StreamServer server = this.site.listen("site", Page::new);

	@AfterEach
	void stop() {
		this.site.close();
	}

	private SecureStreams engine(String faults) {
		int port = ((InetSocketAddress) Objects.requireNonNull(this.server.address())).getPort();
		String client = "\"endpoint\": \"127.0.0.1\", \"port\": " + port + ", \"protocol\": \"h2\", "
				+ "\"h2_prior_knowledge\": true, \"http_method\": \"GET\", \"http_url\": \"/\", "
				+ "\"opportunistic\": true, \"http_resp_map\": [ { \"418\": 1418 } ]";
		Policy policy = PolicyJson
			.read("{ \"s\": [ { \"page\": { " + client + " } }, { \"beside\": { " + client + " } } ] }", "test")
			.policy();
		return SecureStreams.builder()
			.policy(PolicyJson.overlay(policy, "{ \"s\": [ { \"page\": { \"faults\": " + faults + " } } ] }", "o")
				.policy())
			.faults(true)
			.eventLoopThreads(1)
			.build();
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
		try (SecureStreams engine = engine(faults)) {
			assertThat(FaultTests.attempt(engine).strip()).isEqualTo(outcome);
			assertThat(this.served).hasValue(requests);
		}
	}

	/** Its answer is under way while that of another is cut off, again and again. */
	@Test
	void whoSharesTheConnectionNoticesNothing() throws Exception {
		try (SecureStreams engine = engine("[ { \"cut_after\": 700 } ]")) {
			CompletableFuture<Integer> beside = new CompletableFuture<>();
			SecureStream stream = engine.create("beside", new StreamHandler() {

				private int received;

				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					switch (state) {
						case CREATING -> stream.requestTx();
						case QOS_ACK_REMOTE -> beside.complete(this.received);
						case DISCONNECTED, ALL_RETRIES_FAILED -> beside.complete(-1);
						default -> {
						}
					}
				}

				@Override
				public void onReceive(SecureStream stream, Payload payload) {
					this.received += payload.length();
				}

			});
			for (int i = 0; i < 20; i++) {
				assertThat(FaultTests.attempt(engine)).startsWith("700 cut on purpose");
			}
			assertThat(beside.get(20, TimeUnit.SECONDS)).isEqualTo(10_000);
			assertThat(stream.lastFailure()).isNull();
			assertThat(this.server.snapshot().counters().connections()).isEqualTo(21);
			stream.close();
		}
	}

	private final class Page implements StreamHandler {

		private int left = 10_000;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				Http2FaultTests.this.served.incrementAndGet();
				stream.acknowledge(200);
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int length = Math.min(this.left, slot.capacity());
			this.left -= length;
			slot.write(new byte[length]);
			if (this.left == 0) {
				slot.end();
			}
		}

	}

}
