package io.securestreams.engine.seams;

import java.nio.charset.StandardCharsets;
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

/**
 * Streams that are not fulfilled by a policy of their engine, for there is none.
 */
class LinkedContractTests extends StreamContract {

	private final EventLoops loops = EventLoops.create("nio", 2);

	private final StreamEngine far = new StreamEngine(StreamPolicies.policy(StreamPolicies.named(TYPE).ws()),
			this.loops, new Transports(List.of(new EchoNetwork()), List.of()), () -> 0, List.of(), null);

	private final LinkedStreams near = new LinkedStreams(this.far, this.loops);

	@AfterEach
	void stop() throws Exception {
		this.near.streams().forEach(SecureStream::close);
		this.far.shutdown(Duration.ZERO).toCompletableFuture().get(20, TimeUnit.SECONDS);
		this.loops.shutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	@Override
	protected StreamFactory streams() {
		return this.near;
	}

	@Test
	void hasNoPolicyAndTakesAnyMetadata() throws Exception {
		CompletableFuture<String> echo = new CompletableFuture<>();
		SecureStream stream = this.near.create(TYPE, new StreamHandler() {
			@Override
			public void onReceive(SecureStream self, Payload payload) {
				echo.complete(payload.text());
			}
		});
		stream.metadata().set("any name", "any value");
		stream.startTimeout();
		assertThat(stream.policy()).isNull();
		assertThat(stream.metadata().get("any name")).isEqualTo("any value");
		assertThat(
				stream.send("hello".getBytes(StandardCharsets.UTF_8)).toCompletableFuture().get(20, TimeUnit.SECONDS))
			.isZero();
		assertThat(echo.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
		assertThat(stream.snapshot().protocol()).isEqualTo("link");
		assertThat(stream.snapshot().peer()).isEqualTo("memory");
	}

}
