package io.securestreams.transport.http1;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import io.securestreams.SecureStreams;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Policy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.TxSlot;
import io.securestreams.transport.http.TestHttpPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that connects by itself, and whose application has something to send later.
 */
@Timeout(60)
class LateRequestTests {

	private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();

	private final CountDownLatch answer = new CountDownLatch(1);

	@Test
	void whatComesTooLateForARequestIsTheNextOne() throws Exception {
		HttpServer server = JdkHttpServer.plain();
		server.createContext("/", (exchange) -> {
			try (exchange) {
				this.bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
				this.answer.await();
				exchange.sendResponseHeaders(204, -1);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		server.start();
		StreamPolicy base = TestHttpPolicy.post("/").endpoint("127.0.0.1", server.getAddress().getPort()).build();
		StreamPolicy policy = new StreamPolicy(base.name(), base.role(), base.endpoint(), base.protocol(), base.tls(),
				new Persistence(true, true, RetryPolicy.NONE, Duration.ZERO, false), base.trafficClass(),
				base.metadata(), base.features(), base.proxyBuffers());
		try (SecureStreams streams = SecureStreams.builder()
			.policy(new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(),
					Map.of(policy.name(), policy)))
			.build()) {
			SecureStream stream = streams.create(policy.name(), new StreamHandler() {
				@Override
				public void onWritable(SecureStream to, TxSlot slot) {
					slot.write("hello").end();
				}
			});
			assertThat(this.bodies.poll(20, TimeUnit.SECONDS)).isEmpty();
			stream.requestTx(5);
			this.answer.countDown();
			assertThat(this.bodies.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
		}
		finally {
			server.stop(0);
		}
	}

}
