package io.securestreams.system.policyfetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static io.securestreams.system.policyfetch.RefreshFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A policy arrives from a server, and whatever the server does, there is a policy.
 */
@Timeout(60)
class PolicyRefresherTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final PolicyServer server = new PolicyServer();

	private RefreshFixture fixture = fixture(HOUR);

	@AfterEach
	void close() {
		this.fixture.close();
		this.server.close();
	}

	private RefreshFixture fixture(Duration interval) {
		return new RefreshFixture(document(this.server.port(), client("old", 1, "")),
				settings(interval, Duration.ZERO));
	}

	private void restart(Duration interval, PolicyOverlay... overlays) {
		this.fixture.close();
		this.fixture = new RefreshFixture(document(this.server.port(), client("old", 1, "")),
				settings(interval, Duration.ZERO), overlays);
	}

	private String fresh(String... streamTypes) {
		return document(this.server.port(), streamTypes);
	}

	@Test
	void theFetchedPolicyTakesThePlaceOfTheLocalOne() {
		this.server.serve(fresh(client("new", 2, "")));
		RefreshOutcome outcome = this.fixture.start();
		assertThat(outcome.result()).isEqualTo(Result.CHANGED);
		assertThat(outcome.diff().lines()).containsExactly("s.old: removed, was h1 to \"127.0.0.1\" port 1",
				"s.new: added, h1 to \"127.0.0.1\" port 2");
		assertThat(this.fixture.streams.policy().streamTypes()).containsOnlyKeys("fetch_policy", "new");
		assertThat(this.fixture.changes).containsExactly(outcome.diff());
		assertThat(this.fixture.refresher.status()).satisfies((status) -> {
			assertThat(status.origin()).isEqualTo(PolicyStatus.Origin.FETCHED);
			assertThat(status.lastDiff()).isEqualTo(outcome.diff());
			assertThat(status.fetching()).isTrue();
		});
	}

	@Test
	void anUnchangedPolicyIsNotSentAgainAndIsNoNews() {
		this.server.serve("/policy.json", fresh(client("new", 2, "")).getBytes(StandardCharsets.UTF_8), "\"v1\"",
				"Sat, 28 Nov 2026 10:00:00 GMT");
		this.fixture.start();
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		assertThat(this.server.requests.get(0)).doesNotContainKey("if-none-match");
		assertThat(this.server.requests.get(1)).containsEntry("if-none-match", "\"v1\"")
			.doesNotContainKeys("if-modified-since", "etag");
		assertThat(this.fixture.changes).hasSize(1);
	}

	@Test
	void withoutETagTheDateIsWhatCounts() {
		String date = "Sat, 28 Nov 2026 10:00:00 GMT";
		this.server.serve("/policy.json", fresh(client("new", 2, "")).getBytes(StandardCharsets.UTF_8), null, date);
		this.fixture.start();
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		assertThat(this.server.requests.get(1)).containsEntry("if-modified-since", date);
	}

	@Test
	void theSamePolicyAgainIsNoNewsEither() {
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		this.server.serve("\n" + fresh(client("new", 2, "")));
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		assertThat(this.fixture.changes).hasSize(1);
	}

	@Test
	void asksAgainInTheInterval() {
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		assertThat(this.fixture.untilNextFetch()).isEqualTo(HOUR.toMillis());
		this.server.serve(fresh(client("newer", 2, "")));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
		assertThat(this.fixture.streams.policy().streamTypes()).containsKey("newer");
	}

	@Test
	void intervalZeroMeansOnce() {
		restart(Duration.ZERO);
		this.server.serve(fresh(client("new", 2, "")));
		assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(-1);
		assertThat(this.fixture.clock.timers()).isZero();
	}

	@Test
	void intervalZeroGoesOnUntilItHasWorked() {
		restart(Duration.ZERO);
		this.server.fail(500);
		assertThat(this.fixture.start().result()).isEqualTo(Result.FAILED);
		this.server.serve(fresh(client("new", 2, "")));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(-1);
	}

	@Test
	void whatIsNoPolicyIsAskedForAgainSoon() {
		restart(Duration.ZERO);
		this.server.serve("<html>sign in</html>");
		assertThat(this.fixture.start().result()).isEqualTo(Result.REFUSED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(3750);
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.REFUSED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(7500);
		this.server.serve(fresh(client("new", 2, "")));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "<!DOCTYPE html><html><body>Sign in</body></html>", "", "{", "null", "[]",
			"{\"schema-version\": 99, \"s\": []}", "{\"s\": [{\"x\": {\"endpoint\": 7}}]}",
			"{\"s\": [{\"x\": {\"retry\": \"none\"}}]}" })
	void whatIsNoPolicyIsRefused(String body) {
		this.server.serve(body);
		assertThat(this.fixture.start().result()).isEqualTo(Result.REFUSED);
		assertThat(this.fixture.streams.policy().streamTypes()).containsKey("old");
		assertThat(this.fixture.changes).isEmpty();
		this.server.serve(fresh(client("new", 2, "")));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
	}

	@Test
	void deepNestingIsRefused() {
		this.server.serve("[".repeat(90_000));
		assertThat(this.fixture.start().result()).isEqualTo(Result.REFUSED);
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 301, 304, 401, 404, 500 })
	void aServerThatDoesNotSendItIsAskedAgain(int status) {
		this.server.answer("/policy.json", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
			exchange.sendResponseHeaders(status, -1);
		});
		RefreshOutcome outcome = this.fixture.start();
		assertThat(outcome.result()).isIn(Result.FAILED, Result.REFUSED);
		assertThat(this.fixture.streams.policy().streamTypes()).containsKey("old");
		this.server.serve(fresh(client("new", 2, "")));
		assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
		assertThat(this.fixture.refresher.status().failures()).isZero();
	}

	@Test
	void aServerThatIsDownIsAskedLessAndLessOften() {
		this.server.close();
		assertThat(this.fixture.start().result()).isEqualTo(Result.FAILED);
		assertThat(this.fixture.untilNextFetch()).isEqualTo(3750);
		this.fixture.nextFetch();
		assertThat(this.fixture.untilNextFetch()).isEqualTo(7500);
		for (int i = 0; i < 10; i++) {
			this.fixture.nextFetch();
		}
		assertThat(this.fixture.untilNextFetch()).isEqualTo(450_000);
		assertThat(this.fixture.refresher.status().failures()).isEqualTo(12);
		try (PolicyServer back = new PolicyServer(this.server.port())) {
			back.serve(fresh(client("new", 2, "")));
			assertThat(this.fixture.nextFetch().result()).isEqualTo(Result.CHANGED);
		}
	}

	@Test
	void anAnswerThatIsCutOffIsNotTaken() {
		this.server.answer("/policy.json", (exchange) -> {
			byte[] body = fresh(client("new", 2, "")).getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length + 10);
			exchange.getResponseBody().write(body);
			exchange.getResponseBody().flush();
			throw new IOException("cut off by the test");
		});
		assertThat(this.fixture.start().result()).isEqualTo(Result.FAILED);
		assertThat(this.fixture.streams.policy().streamTypes()).containsKey("old");
	}

	@Test
	void anAnswerThatIsTooLargeIsNotTaken() {
		this.server.serve(fresh(client("new", 2, "")) + " ".repeat(100_000));
		RefreshOutcome outcome = this.fixture.start();
		assertThat(outcome.result()).isEqualTo(Result.FAILED);
		assertThat(outcome.message()).contains("too large");
	}

	@Test
	void aServerThatIsSilentIsGivenUp() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			this.fixture.close();
			this.fixture = new RefreshFixture(document(silent.getLocalPort()), settings(HOUR, Duration.ZERO));
			var started = this.fixture.refresher.start().toCompletableFuture();
			this.fixture.until(() -> this.fixture.clock.timers() > 0);
			this.fixture.clock.advance(10_000);
			assertThat(this.fixture.await(started).message()).contains("not received within 10000 ms");
			this.fixture.until(() -> this.fixture.streams.streams().isEmpty());
		}
	}

	@Test
	void callersShareOneFetch() {
		CountDownLatch hold = new CountDownLatch(1);
		this.server.answer("/policy.json", (exchange) -> {
			awaitUninterruptibly(hold);
			PolicyServer.send(exchange, 200, fresh(client("new", 2, "")).getBytes(StandardCharsets.UTF_8));
		});
		var one = this.fixture.refresher.refresh();
		var other = this.fixture.refresher.refresh();
		this.fixture.until(() -> !this.server.requests.isEmpty());
		hold.countDown();
		assertThat(this.fixture.await(one)).isSameAs(this.fixture.await(other));
		assertThat(this.server.requests).hasSize(1);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void withoutStreamtypeThereIsNothingToFetch() {
		this.fixture.close();
		this.fixture = new RefreshFixture(document(0, client("old", 1, "")), settings(HOUR, Duration.ZERO));
		assertThat(this.fixture.start().result()).isEqualTo(Result.NOT_AVAILABLE);
		assertThat(this.fixture.clock.timers()).isZero();
	}

	@Test
	void aFileIsASourceToo() throws Exception {
		Path file = Files.createTempFile("policy", ".json");
		try {
			String source = "{\"fetch_policy\": {\"endpoint\": \"file://" + file + "\"}}";
			Files.writeString(file, document(0, source, client("new", 2, "")));
			this.fixture.close();
			this.fixture = new RefreshFixture(document(0, source), settings(HOUR, Duration.ZERO));
			assertThat(this.fixture.start().result()).isEqualTo(Result.CHANGED);
			Files.writeString(file, "");
			assertThat(this.fixture.refresh().isSuccess()).isFalse();
		}
		finally {
			Files.delete(file);
		}
	}

	@Test
	void overlaysStayUntilTheyAreRemoved() {
		restart(HOUR, new PolicyOverlay("first", "{\"s\": [{\"new\": {\"endpoint\": \"one\"}}]}"));
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		assertThat(endpoint()).isEqualTo("one");
		assertThat(this.fixture
			.await(this.fixture.refresher
				.addOverlay(new PolicyOverlay("second", "{\"s\": [{\"new\": {\"endpoint\": \"two\"}}]}")))
			.lines()).containsExactly("s.new.endpoint: \"one\" -> \"two\"");
		this.server.serve(fresh(client("new", 3, "")));
		assertThat(this.fixture.refresh().diff().lines()).containsExactly("s.new.port: 2 -> 3");
		assertThat(endpoint()).isEqualTo("two");
		assertThat(this.fixture.refresher.status().overlays()).containsExactly("first", "second");
		this.fixture.await(this.fixture.refresher.removeOverlay("second"));
		assertThat(endpoint()).isEqualTo("one");
		this.fixture.await(this.fixture.refresher.removeOverlay("first"));
		assertThat(endpoint()).isEqualTo("127.0.0.1");
		assertThat(this.fixture.refresher.status().overlays()).isEmpty();
	}

	@Test
	void whatIsSuspiciousInAnOverlayIsTold() {
		this.fixture.start();
		var refresher = this.fixture.refresher;
		this.fixture
			.await(refresher.addOverlay(new PolicyOverlay("o", "{\"s\": [{\"old\": {\"endpointt\": \"x\"}}]}")));
		assertThat(refresher.status().warnings()).singleElement()
			.asString()
			.contains("o: s[0].old.endpointt (line 1, column ", "unknown key", "endpoint");
		this.fixture.await(refresher.removeOverlay("o"));
		assertThat(refresher.status().warnings()).isEmpty();
	}

	private String endpoint() {
		return this.fixture.streams.policy().streamType("new").orElseThrow().endpoint().address().text();
	}

	@Test
	void whatTheApplicationSetsStaysUntilThereIsSomethingNew() {
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		Policy own = RefreshFixture.policy(fresh(client("new", 7, "")));
		this.fixture.streams.updatePolicy((current) -> own);
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		this.server.serve("\n" + fresh(client("new", 2, "")));
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.UNCHANGED);
		assertThat(this.fixture.streams.policy()).isEqualTo(own);
		this.server.serve(fresh(client("new", 3, "")));
		assertThat(this.fixture.refresh().diff().lines()).contains("s.new.port: 7 -> 3");
		this.fixture.streams.updatePolicy((current) -> own);
		this.fixture.await(this.fixture.refresher
			.addOverlay(new PolicyOverlay("o", "{\"s\": [{\"new\": {\"endpoint\": \"one\"}}]}")));
		assertThat(this.fixture.streams.policy().streamType("new").orElseThrow().endpoint().port()).isEqualTo(3);
	}

	@Test
	void badOverlaysChangeNothing() {
		this.fixture.start();
		var refresher = this.fixture.refresher;
		for (String json : List.of("", "<html>", "{\"s\": [{\"old\": {\"port\": -1}}]}")) {
			assertThatThrownBy(() -> this.fixture.await(refresher.addOverlay(new PolicyOverlay("bad", json))))
				.hasCauseInstanceOf(PolicyException.class);
		}
		assertThatThrownBy(() -> this.fixture.await(refresher.removeOverlay("unknown")))
			.hasCauseInstanceOf(IllegalArgumentException.class);
		assertThatThrownBy(() -> this.fixture
			.await(refresher.addOverlay(new PolicyOverlay("big", " ".repeat(PolicyRefresher.MAX_OVERLAY_SIZE + 1)))))
			.hasCauseInstanceOf(IllegalArgumentException.class);
		for (int i = 0; i < PolicyRefresher.MAX_OVERLAYS; i++) {
			this.fixture.await(refresher.addOverlay(new PolicyOverlay("overlay " + i, "{}")));
		}
		assertThatThrownBy(() -> this.fixture.await(refresher.addOverlay(new PolicyOverlay("one more", "{}"))))
			.hasCauseInstanceOf(IllegalArgumentException.class);
		assertThat(this.fixture.changes).isEmpty();
	}

	@Test
	void aPolicyThatDoesNotFitTheOverlaysIsRefused() {
		this.fixture.close();
		this.fixture = new RefreshFixture(
				document("\"retry\": [{\"r\": {\"backoff\": [1000]}}], ", this.server.port(), client("old", 1, "")),
				settings(HOUR, Duration.ZERO), new PolicyOverlay("retry", "{\"s\": [{\"old\": {\"retry\": \"r\"}}]}"));
		this.server.serve(fresh(client("old", 2, "")));
		RefreshOutcome outcome = this.fixture.start();
		assertThat(outcome.result()).isEqualTo(Result.REFUSED);
		assertThat(outcome.message()).contains("retry");
		assertThat(this.fixture.streams.policy().streamType("old").orElseThrow().endpoint().port()).isEqualTo(1);
	}

	@Test
	void nothingHappensAfterClose() {
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		this.fixture.refresher.close();
		this.fixture.clock.run();
		assertThat(this.fixture.clock.timers()).isZero();
		assertThat(this.fixture.refresh().result()).isEqualTo(Result.NOT_AVAILABLE);
	}

	@Test
	void thePolicyIsNotChangedAfterClose() {
		this.server.serve(fresh(client("new", 2, "")));
		this.fixture.start();
		this.fixture.await(this.fixture.refresher.addOverlay(new PolicyOverlay("overlay", "{}")));
		this.fixture.refresher.close();
		this.fixture.clock.run();
		int changes = this.fixture.changes.size();
		assertThatThrownBy(() -> this.fixture
			.await(this.fixture.refresher.addOverlay(new PolicyOverlay("late", "{\"s\": [{\"new\": {\"port\": 3}}]}"))))
			.hasCauseInstanceOf(IllegalStateException.class);
		assertThatThrownBy(() -> this.fixture.await(this.fixture.refresher.removeOverlay("overlay")))
			.hasCauseInstanceOf(IllegalStateException.class);
		this.fixture.streams.updatePolicy((current) -> Policy.EMPTY);
		assertThat(this.fixture.start().result()).isEqualTo(Result.NOT_AVAILABLE);
		assertThat(this.fixture.streams.policy()).isEqualTo(Policy.EMPTY);
		assertThat(this.fixture.changes).hasSize(changes + 1);
	}

	@Test
	void aFetchUnderWayEndsWithTheRefresher() {
		this.fixture.close();
		this.fixture = new RefreshFixture("{\"retry\": [{\"r\": {\"backoff\": [50], \"conceal\": 65535}}], \"s\": ["
				+ client("fetch_policy", 1, ", \"retry\": \"r\"") + "]}", settings(HOUR, Duration.ZERO));
		var started = this.fixture.refresher.start().toCompletableFuture();
		this.fixture.until(() -> !this.fixture.streams.streams().isEmpty());
		this.fixture.refresher.close();
		assertThat(this.fixture.await(started).result()).isEqualTo(Result.NOT_AVAILABLE);
		this.fixture.until(() -> this.fixture.streams.streams().isEmpty() && this.fixture.clock.timers() == 0);
	}

}
