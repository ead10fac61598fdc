package io.securestreams.spring.template;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Transactions whose peers may send only so far ahead.
 */
@Timeout(60)
class TransactionCreditTests {

	private static final TransactionRequest REQUEST = TransactionRequest.EMPTY.withOptions(new StreamOptions(1000));

	@TempDir
	private Path directory;

	@Test
	void whatHasBeenTakenInIsGrantedAgain() {
		FakeStreamFactory streams = new FakeStreamFactory(PolicyJson.read(policy(), "test").policy());
		template(streams).exchangeAsync("large", REQUEST);
		FakeStream stream = streams.lastFake();
		assertThat(streams.lastOptions()).isEqualTo(REQUEST.options());
		stream.announce(StreamState.CONNECTED);
		stream.message("abcd");
		assertThat(stream.calls()).contains("grantCredit 4");
		stream.close();
	}

	@Test
	void thePeerGrantsByItselfUnlessTold() {
		FakeStreamFactory streams = new FakeStreamFactory(PolicyJson.read(policy(), "test").policy());
		template(streams).exchangeAsync("large");
		FakeStream stream = streams.lastFake();
		stream.announce(StreamState.CONNECTED);
		stream.message("abcd");
		assertThat(stream.calls()).noneMatch((call) -> call.startsWith("grantCredit"));
		stream.close();
	}

	@Test
	void responsesMayBeLongerThanTheCredit() throws Exception {
		byte[] large = new byte[300_000];
		new Random(1).nextBytes(large);
		try (SecureStreams engine = SecureStreams.builder()
			.policy(PolicyJson.read(policy(), "test").policy())
			.eventLoopThreads(1)
			.build()) {
			engine.listen("site", () -> new StreamHandler() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					if (state == StreamState.SERVER_TXN) {
						stream.acknowledge();
						stream.send(large);
					}
				}
			});
			assertThat(template(engine).exchange("large", REQUEST).body()).isEqualTo(large);
			Path file = template(engine).download("large", REQUEST, this.directory.resolve("file"));
			assertThat(Files.readAllBytes(file)).isEqualTo(large);
		}
	}

	@Test
	void noCreditAtAllIsAMistake() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TransactionRequest.EMPTY.withOptions(new StreamOptions(0)))
			.withMessageContaining("initialCredit: 0 (expected: at least 1");
	}

	private static SecureStreamTemplate template(StreamFactory streams) {
		return new SecureStreamTemplate(streams, Duration.ofSeconds(30), 1_000_000,
				(task) -> new Thread(task, "files").start());
	}

	private String policy() {
		return """
				{ "s": [
					{ "site": { "server": true, "endpoint": "+%1$s", "protocol": "h2", "http_url": "/" } },
					{ "large": { "endpoint": "+%1$s", "protocol": "h2", "h2_prior_knowledge": true,
						"http_method": "GET", "http_url": "large", "opportunistic": true } }
				] }
				""".formatted(this.directory.resolve("site.sock"));
	}

}
