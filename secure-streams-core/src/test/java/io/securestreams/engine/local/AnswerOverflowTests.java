package io.securestreams.engine.local;

import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An answer for whose body there is no room.
 */
class AnswerOverflowTests {

	private final EngineFixture fixture = EngineFixture
		.with(StreamPolicies.named(EngineFixture.TYPE).http("GET").server());

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	@Test
	void theRequestIsNotAnsweredYet() {
		StreamServer server = this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler);
		FakeTransport[] accepted = new FakeTransport[1];
		this.fixture.loop.inside(() -> {
			accepted[0] = Objects.requireNonNull(this.fixture.network.accept(this.fixture.loop));
			accepted[0].acceptedLink().transaction();
		});
		SecureStream stream = server.clients().iterator().next();
		stream.send(new byte[1024 * 1024]);
		assertThat(stream.answer(200, new byte[1]).toCompletableFuture()).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(StreamOverflowException.class);
		assertThat(stream.answeredStatus()).isZero();
		stream.answer(503);
		this.fixture.loop.run();
		assertThat(accepted[0].calls).contains("answer 503");
		assertThat(stream.answeredStatus()).isEqualTo(503);
	}

}
