package io.securestreams.engine.local;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A timeout that the application starts in one step with what ends the connection: the
 * order of the calls counts.
 */
class UserTimeoutOrderTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		return stream;
	}

	private static void end(SecureStream stream, String how) {
		switch (how) {
			case "disconnect" -> stream.disconnect();
			case "hangUp" -> stream.hangUp();
			default -> stream.fail(new IllegalStateException("handler"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "disconnect", "hangUp", "fail" })
	void startedInTheSameStepItEndsWithTheConnectionAsWell(String how) {
		SecureStream stream = create(policy().ws());
		this.fixture.when(stream::connect);
		this.fixture.connected();
		// As another thread does it, before the loop has seen the first of them
		stream.startTimeout(Duration.ofSeconds(3));
		end(stream, how);
		assertThat(this.fixture.after(10_000)).contains("DISCONNECTED").doesNotContain("TIMEOUT");
		this.fixture.loop.assertIdle();
	}

	@ParameterizedTest
	@ValueSource(strings = { "disconnect", "hangUp", "fail" })
	void startedInTheSameStepByAHandlerItEndsWithTheConnectionAsWell(String how) {
		SecureStream stream = create(policy().ws());
		this.fixture.handler.on(StreamState.CONNECTED, (self) -> {
			self.startTimeout(Duration.ofSeconds(3));
			end(self, how);
		});
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.after(10_000)).doesNotContain("TIMEOUT");
		this.fixture.loop.assertIdle();
	}

	@Test
	void startedInTheSlotThatTheConnectionEndsAtItEndsWithItAsWell() {
		SecureStream stream = create(policy().ws());
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.handler.onWritable((self, slot) -> {
			self.startTimeout(Duration.ofSeconds(3));
			slot.write("x");
		});
		this.fixture.transport().onWrite = () -> this.fixture.transport().lose();
		this.fixture.when(stream::requestTx);
		this.fixture.when(() -> this.fixture.transport().writable(10));
		assertThat(this.fixture.after(10_000)).doesNotContain("TIMEOUT");
		this.fixture.loop.assertIdle();
	}

	@ParameterizedTest
	@ValueSource(strings = { "disconnect", "hangUp", "fail" })
	void startedAfterTheEndInTheSameStepItRuns(String how) {
		SecureStream stream = create(policy().ws());
		this.fixture.when(stream::connect);
		this.fixture.connected();
		end(stream, how);
		stream.startTimeout(Duration.ofSeconds(3));
		assertThat(this.fixture.after(2999)).contains("DISCONNECTED").doesNotContain("TIMEOUT");
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT");
	}

	@ParameterizedTest
	@ValueSource(strings = { "disconnect", "hangUp", "fail" })
	void startedWithoutAConnectionItRunsWhateverEnds(String how) {
		SecureStream stream = create(policy().ws().retry(StreamPolicies.retry(5, 100_000)));
		this.fixture.when(stream::connect);
		this.fixture.fails();
		stream.startTimeout(Duration.ofSeconds(3));
		end(stream, how);
		assertThat(this.fixture.after(3000)).containsExactly("TIMEOUT");
	}

}
