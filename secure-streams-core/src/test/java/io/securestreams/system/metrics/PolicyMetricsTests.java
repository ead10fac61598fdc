package io.securestreams.system.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.SecureStreams;
import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.system.metrics.MetricsReport.Figure;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Figures of real transactions, by the reporting policies of the document.
 */
@Timeout(60)
class PolicyMetricsTests {

	private static final String METRICS = """
			"metrics": [
				{ "name": "all", "us_schedule": 10000000, "report": "*" },
				{ "name": "results", "report": "n.ss.txn.*, n.ss.conn.unreachable" },
				{ "name": "none" } ],""";

	private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

	private final AtomicReference<Policy> policy = new AtomicReference<>();

	private final AtomicLong now = new AtomicLong();

	private final PolicyMetrics metrics = new PolicyMetrics(this.policy::get, this.now::get);

	PolicyMetricsTests() throws IOException {
		this.server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/good") ? 200 : 404, -1);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private void later(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	private Policy policy(String metrics) {
		String client = "\"endpoint\": \"127.0.0.1\", \"protocol\": \"h1\", \"perf\": true, \"opportunistic\": true";
		return PolicyJson
			.read("{" + metrics + "\"s\": [ { \"good\": {" + client + ", \"http_url\": \"good\", \"port\": "
					+ this.server.getAddress().getPort() + " } }, { \"bad\": {" + client
					+ ", \"http_url\": \"bad\", \"port\": " + this.server.getAddress().getPort() + " } }, { \"gone\": {"
					+ client + ", \"port\": 9 } } ] }", "test")
			.policy();
	}

	private static void transaction(SecureStreams streams, String streamType) throws Exception {
		CompletableFuture<StreamState> done = new CompletableFuture<>();
		streams.create(streamType, new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				switch (state) {
					case CREATING -> stream.connect();
					case DISCONNECTED, UNREACHABLE -> {
						done.complete(state);
						stream.close();
					}
					default -> {
					}
				}
			}
		});
		done.get(30, TimeUnit.SECONDS);
	}

	private MetricsReport report(String name) {
		return this.metrics.reports().stream().filter((each) -> each.name().equals(name)).findFirst().orElseThrow();
	}

	@Test
	void whatIsAskedForIsReported() throws Exception {
		this.policy.set(policy(METRICS));
		try (SecureStreams streams = SecureStreams.builder()
			.policy(this.policy.get())
			.observer(this.metrics)
			.eventLoopThreads(1)
			.build()) {
			transaction(streams, "good");
			transaction(streams, "good");
			transaction(streams, "bad");
			transaction(streams, "gone");
			assertThat(report("results").figures())
				.extracting((figure) -> figure.metric() + " " + figure.streamType() + " " + figure.count())
				.containsExactly("n.ss.conn.unreachable gone 1.0", "n.ss.txn.ack good 2.0", "n.ss.txn.nack bad 1.0");
			assertThat(report("none").figures()).isEmpty();
			assertThat(report("all").figures()).extracting(Figure::metric)
				.contains("n.cn.tcp", "n.http.txn", "n.ss.conn.ok");
			assertThat(report("all").figures()).filteredOn((figure) -> figure.metric().equals("n.http.txn"))
				.filteredOn((figure) -> figure.streamType().equals("good"))
				.singleElement()
				.satisfies((figure) -> {
					assertThat(figure.count()).isEqualTo(2);
					assertThat(figure.mean()).isPositive().isLessThanOrEqualTo(figure.max());
				});
			assertThat(report("all").toString()).contains("n.ss.txn.ack{ss=good} count 2.0");
		}
	}

	private void change(Policy next) {
		Policy before = this.policy.getAndSet(next);
		this.metrics.onPolicyChanged(before, next);
	}

	@Test
	void reportsAreDueByTheirSchedule() {
		this.policy.set(policy(METRICS));
		assertThat(this.metrics.untilDue()).isEqualTo(10_000);
		assertThat(this.metrics.due()).isEmpty();
		later(Duration.ofSeconds(9));
		assertThat(this.metrics.untilDue()).isEqualTo(1000);
		later(Duration.ofSeconds(1));
		assertThat(this.metrics.due()).extracting(MetricsReport::name).containsExactly("all");
		assertThat(this.metrics.due()).isEmpty();
		assertThat(this.metrics.untilDue()).isEqualTo(10_000);
		change(policy(""));
		assertThat(this.metrics.untilDue()).isNegative();
		assertThat(this.metrics.reports()).isEmpty();
	}

	@Test
	void whatIsDefinedAsBeforeGoesOn() {
		this.policy.set(policy(METRICS));
		MetricsReporter reporter = new MetricsReporter(this.policy.get().metrics().get(0), 0);
		reporter.record("n.ss.txn.ack", "good", 0, 0);
		assertThat(reporter.report(0).figures()).hasSize(1);
		this.metrics.reports();
		later(Duration.ofSeconds(4));
		change(policy(METRICS));
		assertThat(this.metrics.untilDue()).isEqualTo(6000);
	}

	@Test
	void whatHasBeenDecays() {
		MetricsReporter reporter = new MetricsReporter(
				new MetricsPolicy("m", Duration.ZERO, Duration.ofMinutes(1), 0, "*"), 0);
		for (int i = 0; i < 8; i++) {
			reporter.record("n.ss.txn.ack", "page", 0, 0);
		}
		assertThat(count(reporter, 0)).isEqualTo(8);
		assertThat(count(reporter, TimeUnit.MINUTES.toNanos(1))).isEqualTo(4);
		assertThat(count(reporter, TimeUnit.MINUTES.toNanos(3))).isEqualTo(1);
	}

	/** However often somebody looks. */
	@Test
	void whatHasJustBeenDoesNotDecayYet() {
		for (boolean looks : new boolean[] { false, true }) {
			MetricsReporter reporter = new MetricsReporter(
					new MetricsPolicy("m", Duration.ZERO, Duration.ofMinutes(1), 0, "*"), 0);
			reporter.record("n.ss.txn.ack", "page", 0, 0);
			long minute = TimeUnit.MINUTES.toNanos(1);
			if (looks) {
				reporter.report(minute);
			}
			reporter.record("n.ss.txn.ack", "page", 0, 2 * minute);
			assertThat(count(reporter, 2 * minute)).isEqualTo(1.25);
		}
	}

	@Test
	void changesThatAreToldLateDoNotBringAnOldPolicyBack() {
		Policy first = policy(METRICS);
		this.policy.set(policy(""));
		this.metrics.onPolicyChanged(this.policy.get(), first);
		assertThat(this.metrics.reports()).isEmpty();
	}

	@Test
	void figuresOfStreamtypesThatAreGoneGoToo() {
		MetricsReporter reporter = new MetricsReporter(new MetricsPolicy("m", Duration.ZERO, Duration.ZERO, 0, "*"), 0);
		reporter.record("n.ss.txn.ack", "old", 0, 0);
		reporter.record("n.ss.txn.ack", "page", 0, 0);
		reporter.retain(Set.of("page"));
		assertThat(reporter.report(0).figures()).extracting(Figure::streamType).containsExactly("page");
	}

	@Test
	void noReportComesMoreThanOnceInASecond() {
		MetricsReporter reporter = new MetricsReporter(
				new MetricsPolicy("m", Duration.ofNanos(60_000), Duration.ZERO, 0, "*"), 0);
		assertThat(reporter.untilDue(0)).isEqualTo(1000);
	}

	/** What a policy asks for must not keep event loops busy. */
	@Test
	void starsInARowAreOne() {
		MetricsReporter reporter = new MetricsReporter(
				new MetricsPolicy("m", Duration.ZERO, Duration.ZERO, 0, "*".repeat(5000) + "x, n.ss.**.ack"), 0);
		reporter.record("n.ss.txn.ack", "page", 0, 0);
		assertThat(reporter.report(0).figures()).hasSize(1);
	}

	private static double count(MetricsReporter reporter, long now) {
		return reporter.report(now).figures().get(0).count();
	}

	@Test
	void outliersDoNotCountForTheMean() {
		MetricsReporter reporter = new MetricsReporter(
				new MetricsPolicy("m", Duration.ZERO, Duration.ZERO, 200, "n.cn.*"), 0);
		for (long micros : List.of(100L, 110L, 90L, 100L, 100_000L, 100L)) {
			reporter.record("n.cn.tcp", "page", micros, 0);
		}
		Figure figure = reporter.report(0).figures().get(0);
		assertThat(figure.mean()).isEqualTo(100);
		assertThat(figure.outliers()).isEqualTo(1);
		assertThat(figure.max()).isEqualTo(100_000);
		assertThat(figure.count()).isEqualTo(6);
		assertThat(figure).hasToString("n.cn.tcp{ss=page} count 6.0, mean 100 µs, max 100000 µs, outliers 1");
	}

	@Test
	void theNumberOfSeriesIsBounded() {
		MetricsReporter reporter = new MetricsReporter(new MetricsPolicy("m", Duration.ZERO, Duration.ZERO, 0, "*"), 0);
		for (int i = 0; i < 21_000; i++) {
			reporter.record("n.ss.txn.ack", "page" + i, 0, 0);
		}
		assertThat(reporter.report(0).figures()).hasSize(20_000);
	}

	@Test
	void globsAreNotPatterns() {
		MetricsReporter reporter = new MetricsReporter(
				new MetricsPolicy("m", Duration.ZERO, Duration.ZERO, 0, "n.ss.t(x, *.ack, \\E"), 0);
		reporter.record("n.ss.txn.ack", "page", 0, 0);
		reporter.record("n.ss.txn.nack", "page", 0, 0);
		assertThat(reporter.report(0).figures()).extracting(Figure::metric).containsExactly("n.ss.txn.ack");
	}

}
