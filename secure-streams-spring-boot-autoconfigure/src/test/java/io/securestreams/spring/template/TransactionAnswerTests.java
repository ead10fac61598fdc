package io.securestreams.spring.template;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.template.TransactionException.Outcome;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.adapter.MessageSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Whatever the peer answers, the caller learns status, header fields and body.
 */
@ParameterizedClass
@ValueSource(strings = { "h1", "h2" })
@Timeout(60)
class TransactionAnswerTests {

	@Parameter
	private String protocol = "";

	@TempDir
	private Path directory;

	private SecureStreams engine = SecureStreams.builder().eventLoopThreads(1).build();

	private SecureStreamTemplate template = new SecureStreamTemplate(this.engine, Duration.ofSeconds(30), 10_000,
			(task) -> new Thread(task, "files").start());

	@BeforeEach
	void serve() {
		this.engine.updatePolicy((none) -> PolicyJson.read(policy(), "test").policy());
		this.engine.listen("site", Site::new);
	}

	@AfterEach
	void stop() {
		this.engine.close();
	}

	/** Answers {@code /status/length} with that. */
	private static final class Site implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				String[] path = String.valueOf(stream.metadata().get("path")).split("/");
				stream.metadata().set("kind", "page").set("away", "/elsewhere");
				stream.answer(Integer.parseInt(path[1]), "x".repeat(Integer.parseInt(path[2])).getBytes());
			}
		}

	}

	private String policy() {
		return """
				{ "retry": [ { "once": { "backoff": [ 1 ], "conceal": 1 } } ], "s": [
					{ "site": { "server": true, "endpoint": "+%1$s", "protocol": "%2$s", "http_url": "/", "metadata": [
						{ "path": "" }, { "kind": "x-kind:" }, { "away": "location:" } ] } },
					{ "get": { %3$s "http_method": "GET" } },
					{ "post": { %3$s "http_method": "POST" } }
				] }
				""".formatted(this.directory.resolve("site.sock"), this.protocol, """
				"endpoint": "+%s", "protocol": "%s", "h2_prior_knowledge": true, "http_url": "${path}",
				"retry": "once", "opportunistic": true, "metadata": [ { "path": "" } ],
				""".formatted(this.directory.resolve("site.sock"), this.protocol));
	}

	private TransactionException failure(String streamType, TransactionRequest request) {
		return catchThrowableOfType(TransactionException.class, () -> this.template.exchange(streamType, request));
	}

	@Test
	void aSuccessHasStatusAndHeaders() {
		TransactionResponse response = this.template.exchange("get", TransactionRequest.with("path", "201/3"));
		assertThat(response.text()).isEqualTo("xxx");
		assertThat(response.answer()).isNotNull().satisfies((answer) -> {
			assertThat(answer.status()).isEqualTo(201);
			assertThat(answer.isSuccess()).isTrue();
			assertThat(answer.header("X-Kind")).isEqualTo("page");
		});
	}

	@ParameterizedTest
	@CsvSource({ "get,404,10,10", "get,404,0,0", "post,400,10,10", "get,500,10,10", "get,500,50000,16384" })
	void aRefusalHasWhatWasRejected(String streamType, int status, int length, int kept) {
		TransactionException failure = failure(streamType,
				TransactionRequest.of("body").andWith("path", status + "/" + length));
		assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(failure)
			.hasMessage("streamtype \"" + streamType + "\": REJECTED, the peer has refused: status " + status);
		assertAnswer(failure.answer(), status, kept);
	}

	@ParameterizedTest
	@CsvSource({ "get,503,10,10,BUSY", "post,429,10,10,BUSY", "get,503,50000,4096,BUSY", "get,302,10,10,REDIRECT" })
	void anAttemptThatWasTurnedAwayHasTheAnswer(String streamType, int status, int length, int kept, Phase phase) {
		TransactionException failure = failure(streamType, TransactionRequest.with("path", status + "/" + length));
		assertThat(failure.outcome()).isEqualTo(Outcome.UNREACHABLE);
		assertThat(failure.failure()).isNotNull().satisfies((why) -> assertThat(why.phase()).isEqualTo(phase));
		assertAnswer(failure.answer(), status, kept);
		assertThat(failure.answer().header("location")).isEqualTo("/elsewhere");
	}

	private static void assertAnswer(HttpAnswer answer, int status, int kept) {
		assertThat(answer).isNotNull();
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.isSuccess()).isFalse();
		assertThat(answer.header("x-kind")).isEqualTo("page");
		assertThat(answer.text()).isEqualTo("x".repeat(kept));
	}

	@Test
	void anErrorPageIsNoDownload() throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "old");
		TransactionException failure = catchThrowableOfType(TransactionException.class,
				() -> this.template.download("get", TransactionRequest.with("path", "404/10"), file));
		assertAnswer(failure.answer(), 404, 10);
		assertThat(file).hasContent("old");
	}

	/** The peer has had enough before it has everything. */
	@Test
	void anEarlyRefusalHasTheAnswer() {
		byte[] large = new byte[8_000_000];
		assertAnswer(failure("post", TransactionRequest.of(large).andWith("path", "413/10")).answer(), 413, 10);
		MessageSource source = () -> new ByteArrayInputStream(large);
		assertAnswer(failure("post", TransactionRequest.of(source).andWith("path", "413/10")).answer(), 413, 10);
	}

}
