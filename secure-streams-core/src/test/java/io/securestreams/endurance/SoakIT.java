package io.securestreams.endurance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.endurance.SoakWorker.Figures;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mixed traffic for a long time, over links that fail, while the policy changes. The
 * system property {@code soak.duration} says how long, {@code soak.seed} repeats a run's
 * choices.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SoakIT {

	private static final Duration DURATION = Duration.parse(System.getProperty("soak.duration", "PT20S"));

	private static final long SEED = Long.getLong("soak.seed", System.nanoTime());

	private static final int WORKERS = 4;

	private static final Duration BETWEEN_POLICIES = Duration.ofSeconds(5);

	private static final Map<String, String> KINDS = kinds();

	private static Map<String, String> kinds() {
		Map<String, String> kinds = new LinkedHashMap<>();
		kinds.put("h1", "\"protocol\": \"h1\", \"http_method\": \"POST\", \"http_url\": \"echo\"");
		kinds.put("h2", "\"protocol\": \"h2\", \"http_method\": \"POST\", \"http_url\": \"echo\", "
				+ "\"h2_prior_knowledge\": true");
		kinds.put("ws", "\"protocol\": \"ws\", \"http_url\": \"chat\", \"ws_binary\": true");
		kinds.put("ws-h2", "\"protocol\": \"ws\", \"http_url\": \"chat\", \"ws_binary\": true, \"ws_over_h2\": true");
		kinds.put("raw", "\"protocol\": \"raw\"");
		return kinds;
	}

	private static Policy policy(int port, int rawPort, int faultyPort, int faultyRawPort, int version) {
		StringBuilder streamTypes = new StringBuilder();
		KINDS.forEach((kind, keys) -> {
			boolean raw = kind.equals("raw");
			for (boolean faulty : new boolean[] { false, true }) {
				int to = faulty ? (raw ? faultyRawPort : faultyPort) : (raw ? rawPort : port);
				streamTypes.append(streamTypes.isEmpty() ? "" : ",").append("""
						{ "%s%s": { "endpoint": "127.0.0.1", "port": %d, "retry": "quick",
						  "opportunistic": true, "timeout_ms": %d, %s } }
						""".formatted(kind, faulty ? "-faulty" : "", to, 5000 + version % 2, keys));
			}
		});
		return PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 20, 50, 100 ], "conceal": 3, "svalidping": 3,
				  "svalidhup": 6 } } ], "s": [ %s ] }
				""".formatted(streamTypes), "soak").policy();
	}

	@Test
	void nothingHangsLeaksOrGrows() throws Exception {
		System.out.printf("soak: %s, seed %d%n", DURATION, SEED);
		SplittableRandom random = new SplittableRandom(SEED);
		long start = System.nanoTime();
		long end = start + DURATION.toNanos();
		Map<String, Figures> figures = new LinkedHashMap<>();
		List<Usage> usages = new ArrayList<>();
		try (EchoSite site = new EchoSite();
				FaultyLink web = new FaultyLink(site.port, random.split());
				FaultyLink raw = new FaultyLink(site.rawPort, random.split());
				SecureStreams clients = SecureStreams.builder()
					.policy(policy(site.port, site.rawPort, web.port(), raw.port(), 0))
					.eventLoopThreads(1)
					.build()) {
			List<Thread> workers = new ArrayList<>();
			for (String kind : KINDS.keySet()) {
				for (String streamType : List.of(kind, kind + "-faulty")) {
					Figures own = figures.computeIfAbsent(streamType, (name) -> new Figures());
					for (int i = 0; i < WORKERS; i++) {
						Thread worker = new Thread(new SoakWorker(clients, streamType, own, random.split(), end),
								streamType);
						worker.start();
						workers.add(worker);
					}
				}
			}
			long sampled = start;
			for (int version = 1; System.nanoTime() - end < 0; version++) {
				Thread.sleep(Math.min(BETWEEN_POLICIES.toMillis(), Math.max(1, (end - System.nanoTime()) / 1_000_000)));
				Policy next = policy(site.port, site.rawPort, web.port(), raw.port(), version);
				clients.updatePolicy((policy) -> next);
				if (System.nanoTime() - sampled > DURATION.dividedBy(8).toNanos()) {
					sampled = System.nanoTime();
					usages.add(Usage.now());
					System.out.printf("soak: after %d s: %s%n", (sampled - start) / 1_000_000_000,
							usages.get(usages.size() - 1));
				}
			}
			for (Thread worker : workers) {
				worker.join();
			}
			figures.forEach((streamType, own) -> System.out.println("soak: " + streamType + ": " + own));
			System.out.printf("soak: %d faults, %d requests served%n", web.faults.sum() + raw.faults.sum(),
					site.requests.sum());
			figures.values().forEach((own) -> assertThat(own.problems).isEmpty());
			Awaitility.await("clients gone").atMost(Duration.ofSeconds(30)).until(() -> clients.streams().isEmpty());
			web.cut();
			raw.cut();
			Awaitility.await("accepted streams gone")
				.atMost(Duration.ofSeconds(60))
				.until(() -> site.streams.streams().isEmpty());
		}
		if (usages.size() >= 4) {
			Usage early = usages.get(1);
			Usage late = usages.get(usages.size() - 1);
			assertThat(late.heap()).isLessThan(early.heap() * 3 / 2 + (16L << 20));
			assertThat(late.direct()).isLessThan(early.direct() * 3 / 2 + (16L << 20));
			assertThat(late.descriptors()).isLessThan(early.descriptors() + 100);
			assertThat(late.threads()).isLessThan(early.threads() + 50);
		}
	}

}
