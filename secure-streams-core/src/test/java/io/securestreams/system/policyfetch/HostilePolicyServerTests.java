package io.securestreams.system.policyfetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;
import io.securestreams.testing.OtherThread;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that mean no good, callers on many threads, and ends in the middle of it, on
 * the refresher's own thread.
 */
@Timeout(60)
class HostilePolicyServerTests {

	private final PolicyServer server = new PolicyServer();

	private final AtomicReference<@Nullable Runnable> changed = new AtomicReference<>();

	private @Nullable SecureStreams streams;

	private @Nullable PolicyRefresher refresher;

	private PolicyRefresher start(Duration timeout, String local) {
		SecureStreams engine = SecureStreams.builder()
			.policy(RefreshFixture.policy(local))
			.eventLoopThreads(1)
			.observer(new Listener())
			.build();
		this.streams = engine;
		PolicyRefresher made = PolicyRefresher.builder(engine, engine::updatePolicy)
			.settings(new FetchSettings(true, Duration.ofHours(1), timeout, 100_000, Duration.ZERO, null,
					FetchPermissions.NONE, null))
			.build();
		this.refresher = made;
		return made;
	}

	private PolicyRefresher start() {
		return start(Duration.ofSeconds(10), document(this.server.port(), client("old", 1, "")));
	}

	@AfterEach
	void close() {
		if (this.refresher != null) {
			this.refresher.close();
		}
		if (this.streams != null) {
			this.streams.close();
		}
		this.server.close();
	}

	private String fresh() {
		return document(this.server.port(), client("new", 2, ""));
	}

	private void staysAsItIs(RefreshOutcome outcome) {
		assertThat(outcome.isSuccess()).isFalse();
		assertThat(this.streams.policy().streamTypes()).containsKey("old");
		this.server.serve(fresh());
		assertThat(refresh().result()).isEqualTo(Result.CHANGED);
	}

	private RefreshOutcome refresh() {
		return this.refresher.refresh().toCompletableFuture().join();
	}

	@Test
	void aPolicyThatDripsIsGivenUp() {
		CountDownLatch gone = new CountDownLatch(1);
		this.server.answer("/policy.json", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try {
				while (true) {
					exchange.getResponseBody().write(' ');
					exchange.getResponseBody().flush();
					Thread.sleep(5);
				}
			}
			catch (IOException | InterruptedException ex) {
				gone.countDown();
			}
		});
		PolicyRefresher made = start(Duration.ofMillis(500), document(this.server.port(), client("old", 1, "")));
		RefreshOutcome outcome = made.start().toCompletableFuture().join();
		assertThat(outcome.message()).contains("not received within 500 ms");
		assertThat(outcome.isSuccess()).isFalse();
		assertThat(this.streams.policy().streamTypes()).containsKey("old");
		this.server.serve(fresh());
		// A server that works may be slower than that, too
		Awaitility.await().until(() -> refresh().result() == Result.CHANGED);
	}

	@Test
	void aPolicyWithoutEndIsCutOffEarly() throws Exception {
		AtomicLong sent = new AtomicLong();
		CountDownLatch gone = new CountDownLatch(1);
		this.server.answer("/policy.json", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			byte[] piece = new byte[64 * 1024];
			try {
				while (sent.get() < 64 * 1024 * 1024) {
					exchange.getResponseBody().write(piece);
					sent.addAndGet(piece.length);
				}
			}
			finally {
				gone.countDown();
			}
		});
		RefreshOutcome outcome = start().start().toCompletableFuture().join();
		assertThat(outcome.message()).contains("too large");
		assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(sent).hasValueLessThan(32 * 1024 * 1024);
		staysAsItIs(outcome);
	}

	@Test
	void aPolicyOf64MegabytesIsRefusedByItsLength() {
		this.server.answer("/policy.json", (exchange) -> {
			exchange.sendResponseHeaders(200, 64L * 1024 * 1024);
			OutputStream body = exchange.getResponseBody();
			byte[] piece = new byte[64 * 1024];
			for (int i = 0; i < 1024; i++) {
				body.write(piece);
			}
		});
		RefreshOutcome outcome = start().start().toCompletableFuture().join();
		assertThat(outcome.message()).contains("too large");
		staysAsItIs(outcome);
	}

	@Test
	void aCompressedPolicyIsNotUnpacked() throws IOException {
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
			gzip.write(fresh().getBytes(StandardCharsets.UTF_8));
		}
		this.server.answer("/policy.json", (exchange) -> {
			exchange.getResponseHeaders().set("Content-Encoding", "gzip");
			PolicyServer.send(exchange, 200, packed.toByteArray());
		});
		RefreshOutcome outcome = start().start().toCompletableFuture().join();
		assertThat(outcome.result()).isEqualTo(Result.REFUSED);
		staysAsItIs(outcome);
	}

	@Test
	void aRedirectIsFollowedOnlyWhereThePolicyWantsIt() {
		try (PolicyServer other = new PolicyServer()) {
			other.serve(fresh());
			this.server.answer("/policy.json", (exchange) -> {
				exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + other.port() + "/policy.json");
				exchange.sendResponseHeaders(302, -1);
			});
			staysAsItIs(start().start().toCompletableFuture().join());
			assertThat(other.requests).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "no-quotes", "\"a\", \"b\"", "W/\"weak\"", "\"\u00e4\"" })
	void anOddEtagIsNoHarm(String etag) {
		this.server.serve("/policy.json", fresh().getBytes(StandardCharsets.UTF_8), etag, "not a date");
		assertThat(start().start().toCompletableFuture().join().result()).isEqualTo(Result.CHANGED);
		assertThat(refresh().isSuccess()).isTrue();
		this.server.serve("/policy.json", fresh().replace("\"new\"", "\"newer\"").getBytes(StandardCharsets.UTF_8),
				"\"another\"", null);
		assertThat(refresh().result()).isEqualTo(Result.CHANGED);
	}

	@Test
	void aPolicyWithoutItsSourceKeepsTheLocalOne() {
		start();
		this.server.serve("{\"release\": \"2\", \"s\": [" + client("new", 2, "") + "]}");
		assertThat(refresh().result()).isEqualTo(Result.CHANGED);
		assertThat(this.streams.policy().streamTypes()).containsOnlyKeys("new", "fetch_policy");
		this.server.serve(fresh());
		assertThat(refresh().result()).isEqualTo(Result.CHANGED);
	}

	@Test
	void aPolicyMayNotChangeHowItsSourceIsTrusted() {
		start();
		this.server.serve(fresh().replaceFirst("\"protocol\"", "\"tls\": true, \"protocol\""));
		RefreshOutcome outcome = refresh();
		assertThat(outcome.result()).isEqualTo(Result.REFUSED);
		assertThat(outcome.message()).contains("trusted");
		staysAsItIs(outcome);
	}

	@Test
	void manyThreadsShareWhatIsFetched() {
		this.server.serve(fresh());
		PolicyRefresher made = start();
		List<CompletableFuture<RefreshOutcome>> asked = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			asked.add(OtherThread.supply(() -> made.refresh().toCompletableFuture().join()));
		}
		assertThat(asked).allSatisfy((each) -> assertThat(each.join().isSuccess()).isTrue());
		assertThat(asked.stream().filter((each) -> each.join().result() == Result.CHANGED).count()).isPositive();
		assertThat(made.status().failures()).isZero();
	}

	@Test
	void whoAsksAfterTheEndIsAnswered() {
		PolicyRefresher made = start();
		made.close();
		made.close();
		for (int i = 0; i < 100; i++) {
			assertThat(refresh().result()).isEqualTo(Result.NOT_AVAILABLE);
		}
		assertThat(made.start().toCompletableFuture().join().result()).isEqualTo(Result.NOT_AVAILABLE);
		assertThat(made.addOverlay(new PolicyOverlay("late", "{}")).toCompletableFuture())
			.satisfies((late) -> assertThat(late.handle((diff, failure) -> failure).join()).isNotNull());
	}

	@Test
	void anEndInTheMiddleOfAFetchIsTold() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch hold = new CountDownLatch(1);
		this.server.answer("/policy.json", (exchange) -> {
			asked.countDown();
			try {
				hold.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		CompletableFuture<RefreshOutcome> refreshed = start().refresh().toCompletableFuture();
		assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
		this.refresher.close();
		this.streams.close();
		assertThat(refreshed.join().result()).isEqualTo(Result.NOT_AVAILABLE);
		hold.countDown();
	}

	@Test
	void aListenerThatWaitsForThePolicyIsToldNotTo() {
		this.server.serve(fresh());
		PolicyRefresher made = start();
		CompletableFuture<Throwable> told = new CompletableFuture<>();
		this.changed.set(() -> {
			try {
				made.refresh().thenApply(RefreshOutcome::result).toCompletableFuture().join();
			}
			catch (IllegalStateException | CompletionException ex) {
				told.complete(ex);
			}
		});
		assertThat(refresh().result()).isEqualTo(Result.CHANGED);
		assertThat(told.join()).hasMessageContaining("on the thread that changes it");
	}

	@Test
	void aListenerThatTakesItsTimeHoldsNobodyElseUp() throws Exception {
		this.server.serve(fresh());
		PolicyRefresher made = start(Duration.ofSeconds(10), document(this.server.port(), client("old", 1, "")));
		CountDownLatch hold = new CountDownLatch(1);
		CountDownLatch inside = new CountDownLatch(1);
		this.changed.set(() -> {
			inside.countDown();
			try {
				hold.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		CompletableFuture<RefreshOutcome> refreshed = made.refresh().toCompletableFuture();
		assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.streams.policy().streamTypes()).containsKey("new");
		assertThat(made.status()).isNotNull();
		hold.countDown();
		assertThat(refreshed.join().result()).isEqualTo(Result.CHANGED);
	}

	private final class Listener implements StreamObserver {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
		}

		@Override
		public void onPolicyChanged(Policy before, Policy after) {
			Runnable action = HostilePolicyServerTests.this.changed.getAndSet(null);
			if (action != null) {
				action.run();
			}
		}

	}

}
