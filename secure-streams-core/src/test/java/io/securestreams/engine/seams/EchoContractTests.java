package io.securestreams.engine.seams;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.securestreams.engine.local.StreamEngine;
import io.securestreams.engine.local.Transports;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.testing.StreamPolicies;
import io.securestreams.transport.contract.StreamContract;
import io.securestreams.transport.loop.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A transport that the engine has never seen, with acknowledgements that are outstanding.
 */
class EchoContractTests extends StreamContract {

	private final EchoNetwork network = new EchoNetwork();

	private final EventLoops loops = EventLoops.create("nio", 2);

	private final StreamEngine engine = new StreamEngine(StreamPolicies.policy(StreamPolicies.named(TYPE).ws()),
			this.loops, new Transports(List.of(this.network), List.of()), () -> 0, List.of(), null);

	@AfterEach
	void stop() throws Exception {
		this.engine.shutdown(Duration.ZERO).toCompletableFuture().get(20, TimeUnit.SECONDS);
		this.loops.shutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	@Override
	protected StreamFactory streams() {
		return this.engine;
	}

	@Test
	void drainingWaitsForAcknowledgements() throws Exception {
		this.network.withholds = true;
		SecureStream stream = this.engine.create(TYPE, new StreamHandler() {
		});
		assertThat(stream.send(new byte[1]).toCompletableFuture().get(20, TimeUnit.SECONDS)).isZero();
		CompletableFuture<Void> drained = this.engine.shutdown(Duration.ofSeconds(20)).toCompletableFuture();
		// The echo comes, which is not what it waits for
		await().until(() -> this.network.delivered.get() == 1);
		assertThat(drained).isNotDone();
		assertThat(stream.isClosed()).isFalse();
		this.network.withheld.forEach(Runnable::run);
		drained.get(20, TimeUnit.SECONDS);
		assertThat(stream.snapshot().counters().acknowledged()).isEqualTo(1);
	}

	@Test
	void whatASlowHandlerHasIsDeliveredWhenItIsDone() {
		CompletableFuture<Void> received = new CompletableFuture<>();
		SecureStream stream = this.engine.create(TYPE, new StreamHandler() {
			@Override
			public void onReceive(SecureStream self, Payload payload) {
				self.pauseReceiving();
				received.complete(null);
			}
		});
		stream.send(new byte[1]);
		received.join();
		assertThat(this.network.delivered).hasValue(0);
		stream.resumeReceiving();
		await().until(() -> this.network.delivered.get() == 1);
	}

}
