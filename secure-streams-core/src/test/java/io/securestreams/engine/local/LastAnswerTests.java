package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler knows of an answer, and when.
 */
class LastAnswerTests {

	private final EngineFixture fixture = EngineFixture
		.with(StreamPolicies.named(EngineFixture.TYPE).http("GET").retry(StreamPolicies.retry(5, 100)));

	private final List<String> seen = new ArrayList<>();

	private SecureStream stream = this.fixture.create();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private void answered(int status) {
		((ClientLink) this.fixture.transport().link())
			.answered(HttpAnswer.of(status, status < 300, () -> Map.of("server", List.of("me"))));
	}

	private void note(SecureStream of) {
		this.seen.add(of.state() + " " + of.lastAnswer());
	}

	@Test
	void itIsThereBeforeConnectedAndUntilTheNextAttempt() {
		this.fixture.handler.on(StreamState.CONNECTED, this::note)
			.on(StreamState.QOS_ACK_REMOTE, this::note)
			.on(StreamState.DISCONNECTED, this::note)
			.on(StreamState.CONNECTING, this::note)
			.onReceive(this::note);
		this.stream.connect();
		this.fixture.loop.run();
		this.fixture.when(() -> {
			answered(200);
			this.fixture.transport().connected();
			this.fixture.transport().receive("page");
		});
		this.fixture.succeeds();
		this.stream.connect();
		this.fixture.loop.run();
		assertThat(this.seen).containsExactly("CONNECTING null", "CONNECTED status 200", "CONNECTED status 200",
				"QOS_ACK_REMOTE status 200", "DISCONNECTED status 200", "CONNECTING null");
	}

	/** What is held back is not overtaken by what comes after it. */
	@Test
	void aPausedHandlerSeesTheAnswerItsPayloadBelongsTo() {
		this.stream.connect();
		this.fixture.loop.run();
		this.fixture.when(() -> {
			answered(404);
			this.fixture.transport().connected();
		});
		this.fixture.handler.onReceive(this::note);
		this.stream.pauseReceiving();
		this.fixture.loop.run();
		this.fixture.when(() -> this.fixture.transport().receive("error page"));
		assertThat(this.seen).isEmpty();
		this.stream.resumeReceiving();
		this.fixture.loop.run();
		assertThat(this.seen).containsExactly("CONNECTED status 404");
		assertThat(this.stream.lastAnswer()).isNotNull().satisfies((answer) -> {
			assertThat(answer.isSuccess()).isFalse();
			assertThat(answer.header("Server")).isEqualTo("me");
			assertThat(answer.header("other")).isNull();
			assertThat(answer.text()).isEmpty();
		});
	}

	@Test
	void anAnswerThatEndsTheAttemptIsThereAsWell() {
		this.fixture.handler.on(StreamState.UNREACHABLE, this::note).on(StreamState.POLL, this::note);
		this.stream.connect();
		this.fixture.loop.run();
		this.fixture.when(() -> answered(503));
		this.fixture.fails();
		this.fixture.after(100);
		assertThat(this.seen).containsExactly("UNREACHABLE status 503", "POLL null");
	}

}
