package io.securestreams.system.auth;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.engine.spi.CredentialSource;
import io.securestreams.engine.spi.Credentials;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.UnsignedRequest;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.testing.TestMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How long tokens are used, on a clock that is moved by hand.
 */
@Timeout(60)
class TokenLifeTests {

	private final TokenSite tokens = new TokenSite();

	private final SystemBlobs blobs = new SystemBlobs().set(Blob.AUTH_1, "grant_type=refresh_token&refresh_token=r");

	private final StreamExecutor executor = new AtOnce();

	private final SecureStreams engine;

	private Authentication authentication;

	private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

	TokenLifeTests() throws IOException {
		String policy = """
				{ "s": [ { "api_amazon_com_auth": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1",
				    "http_method": "POST", "http_url": "auth/o2/token", "opportunistic": true },
				  "api": { "endpoint": "127.0.0.1", "port": 9, "http_method": "GET", "http_url": "/",
				    "http_auth_header": "authorization:", "http_auth_preamble": "bearer ", "protocol": "h1" },
				  "other": { "endpoint": "127.0.0.1", "port": 9, "http_method": "GET", "http_url": "/",
				    "http_auth_header": "authorization:", "http_auth_preamble": "bearer ", "protocol": "h1" } } ] }
				""".formatted(this.tokens.port());
		this.engine = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "test").policy())
			.blobs(this.blobs)
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
		this.authentication = new Authentication(this.blobs, () -> this.engine, AwsKeySources.NONE, Runnable::run,
				() -> this.now, () -> 0L);
	}

	@AfterEach
	void stop() {
		this.engine.close();
		this.tokens.close();
	}

	private Asked ask() {
		return ask("api");
	}

	private Asked ask(String streamType) {
		Asked asked = new Asked();
		CredentialSource.Authenticator authenticator = this.authentication
			.find(this.engine.policy().streamTypes().get(streamType));
		asked.waiting = authenticator.acquire(this.executor, asked);
		return asked;
	}

	/** The field that is shown, or why there is none. */
	private String token() throws Exception {
		return ask().answer.get(20, TimeUnit.SECONDS);
	}

	private Credentials credentials() throws Exception {
		token();
		Asked asked = ask();
		return asked.credentials;
	}

	private void later(Duration time) {
		this.now = this.now.plus(time);
	}

	private void settle() {
		while (this.authentication.snapshot().get(0).state() == AuthSnapshot.State.FETCHING) {
			Thread.yield();
		}
	}

	@Test
	void withoutUseAuthTheDefaultIsLoginWithAmazon() throws Exception {
		assertThat(token()).isEqualTo("authorization bearer token-1");
		assertThat(this.authentication.find(this.engine.policy().streamTypes().get("api_amazon_com_auth"))).isNull();
		assertThat(this.authentication.snapshot()).singleElement()
			.extracting(AuthSnapshot::name, AuthSnapshot::validUntil)
			.containsExactly("lwa", this.now.plusSeconds(3600));
	}

	@Test
	void aTokenIsReplacedShortlyBeforeItsEndWhileItIsUsed() throws Exception {
		assertThat(token()).endsWith("token-1");
		later(Duration.ofMinutes(58));
		assertThat(token()).endsWith("token-1");
		assertThat(this.tokens.requests).hasSize(1);
		later(Duration.ofSeconds(90));
		assertThat(token()).endsWith("token-1");
		settle();
		assertThat(token()).endsWith("token-2");
		assertThat(this.tokens.requests).hasSize(2);
	}

	@Test
	void anExpiredTokenIsNotUsed() throws Exception {
		assertThat(token()).endsWith("token-1");
		later(Duration.ofHours(2));
		assertThat(this.authentication.snapshot().get(0).state()).isEqualTo(AuthSnapshot.State.EXPIRED);
		this.tokens.answers = (number) -> "400 {\"error\":\"invalid_grant\"}";
		assertThat(token()).isEqualTo("no token of auth \"lwa\": the token server refuses: invalid_grant");
	}

	@Test
	void aServerThatRefusesIsLeftAloneForLongerAndLonger() throws Exception {
		this.tokens.answers = (number) -> "400 {\"error\":\"invalid_grant\"}";
		List<Integer> asked = new ArrayList<>();
		for (int second = 0; second < 1000; second++) {
			int before = this.tokens.requests.size();
			token();
			if (this.tokens.requests.size() > before) {
				asked.add(second);
			}
			later(Duration.ofSeconds(1));
		}
		assertThat(asked).containsExactly(0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811);
	}

	@Test
	void anAnswerThatComesVeryEarlyCountsOnce() throws Exception {
		this.tokens.answers = (number) -> "400 {\"error\":\"invalid_grant\"}";
		this.authentication = new Authentication(this.blobs, this::slow, AwsKeySources.NONE, Runnable::run,
				() -> this.now, () -> 0L);
		List<Integer> asked = new ArrayList<>();
		for (int second = 0; second < 10; second++) {
			int before = this.tokens.requests.size();
			token();
			if (this.tokens.requests.size() > before) {
				asked.add(second);
			}
			later(Duration.ofSeconds(1));
		}
		assertThat(asked).containsExactly(0, 1, 3, 7);
	}

	/** Streams are over before it returns them. */
	private StreamFactory slow() {
		return (StreamFactory) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { StreamFactory.class }, (proxy, method, arguments) -> {
					Object result = method.invoke(this.engine, arguments);
					if (result instanceof SecureStream stream) {
						await().until(stream::isClosed);
					}
					return result;
				});
	}

	@Test
	void aClockThatIsSetBackDoesNotKeepTheServerFromBeingAsked() throws Exception {
		this.tokens.answers = (number) -> (number < 2) ? "400 {\"error\":\"invalid_grant\"}"
				: "200 {\"access_token\":\"new\"}";
		token();
		later(Duration.ofDays(-1));
		assertThat(token()).isEqualTo("authorization bearer new");
	}

	@Test
	void theLogSaysOfEachStreamTypeWhyItGetsNone() throws Exception {
		this.blobs.set(Blob.AUTH_1, (byte[]) null);
		List<String> said = warnings(() -> {
			for (int i = 0; i < 100; i++) {
				ask("api").answer.join();
				ask("other").answer.join();
			}
		});
		assertThat(said).hasSize(2).allSatisfy((line) -> assertThat(line).contains("auth blob 1"));
		assertThat(said.get(0)).contains("\"api\"");
		assertThat(said.get(1)).contains("\"other\"");
	}

	@Test
	void theLogSaysOnceWhyTheServerGivesNone() throws Exception {
		this.tokens.answers = (number) -> "400 {\"error\":\"invalid_grant\"}";
		List<String> said = warnings(() -> {
			for (int minute = 0; minute < 60; minute++) {
				ask().answer.join();
				later(Duration.ofMinutes(10));
			}
			this.tokens.answers = (number) -> "400 {\"error\":\"unauthorized_client\"}";
			ask().answer.join();
		});
		assertThat(said).hasSize(2);
		assertThat(said.get(0)).contains("invalid_grant");
		assertThat(said.get(1)).contains("unauthorized_client");
	}

	private static List<String> warnings(Runnable action) {
		Logger logger = (Logger) LoggerFactory.getLogger(TokenSource.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		try {
			action.run();
		}
		finally {
			logger.detachAppender(log);
		}
		return log.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Test
	void otherWordsAreTriedAtOnce() throws Exception {
		this.tokens.answers = (number) -> (number < 2) ? "400 {\"error\":\"invalid_grant\"}"
				: "200 {\"access_token\":\"new\"}";
		token();
		this.blobs.set(Blob.AUTH_1, "grant_type=refresh_token&refresh_token=other");
		assertThat(token()).isEqualTo("authorization bearer new");
	}

	@Test
	void aTokenThatIsRefusedIsReplacedOnceAndThenSlowly() throws Exception {
		assertThat(credentials().refused()).isTrue();
		Credentials second = credentials();
		assertThat(second.refused()).isTrue();
		assertThat(token()).isEqualTo("no token of auth \"lwa\": a peer does not accept the token");
		assertThat(this.tokens.requests).hasSize(2);
		later(Duration.ofSeconds(2));
		assertThat(token()).endsWith("token-3");
	}

	@Test
	void whoGivesUpWaitingIsNotTold() throws Exception {
		Asked asked = ask();
		asked.waiting.cancel();
		assertThat(token()).endsWith("token-1");
		assertThat(asked.answer).isNotDone();
	}

	@Test
	void aServerThatIsNotThereIsTold() throws Exception {
		this.tokens.close();
		assertThat(token()).startsWith("no token of auth \"lwa\": the token server is not reached (CONNECT 127.0.0.1:");
	}

	/** Where whoever has an answer gives it. */
	private static final class AtOnce implements StreamExecutor {

		@Override
		public boolean inContext() {
			return true;
		}

		@Override
		public void execute(Runnable task) {
			task.run();
		}

		@Override
		public Timer schedule(Runnable task, long delayMillis) {
			throw new UnsupportedOperationException();
		}

		@Override
		public long nanoTime() {
			throw new UnsupportedOperationException();
		}

		@Override
		public long epochMillis() {
			throw new UnsupportedOperationException();
		}

	}

	private static final class Asked implements CredentialSource.Requester {

		final CompletableFuture<String> answer = new CompletableFuture<>();

		CredentialSource.Waiting waiting = CredentialSource.Waiting.OVER;

		Credentials credentials;

		@Override
		public void granted(Credentials granted) {
			this.credentials = granted;
			granted.prove(new UnsignedRequest("GET", true, "h", "/", List.of(), null, new TestMetadata(List.of()), 0),
					(name, value) -> this.answer.complete(name + " " + value));
		}

		@Override
		public void denied(String reason) {
			this.answer.complete(reason);
		}

	}

}
