package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.ManualExecutor;

/**
 * An engine with a refresher whose clock is moved by hand, on a real network.
 */
final class RefreshFixture implements AutoCloseable {

	private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(30);

	final ManualExecutor clock = new ManualExecutor();

	/** What differed in each change of the policy. */
	final List<PolicyDiff> changes = Collections.synchronizedList(new ArrayList<>());

	final SecureStreams streams;

	final PolicyRefresher refresher;

	double random = 0.5;

	RefreshFixture(String local, FetchSettings settings, PolicyOverlay... overlays) {
		Policy policy = policy(local);
		PolicyTrial trial = new PolicyTrial();
		this.streams = SecureStreams.builder()
			.policy(PolicyRefresher.initial(policy, List.of(overlays)))
			.eventLoopThreads(1)
			.observer(trial)
			.observer(new Changes())
			.build();
		this.refresher = PolicyRefresher.builder(this.streams, this.streams::updatePolicy)
			.local(policy)
			.overlays(List.of(overlays))
			.settings(settings)
			.trial(trial)
			.random(() -> (long) (this.random * (1L << 53)) << 11)
			.executor(this.clock)
			.build();
	}

	static Policy policy(String json) {
		return PolicyJson.read(json, "test").policy();
	}

	/** A client that fetches from a port, and other streamtypes. */
	static String document(int port, String... streamTypes) {
		return document("", port, streamTypes);
	}

	static String document(String members, int port, String... streamTypes) {
		List<String> all = new ArrayList<>();
		if (port != 0) {
			all.add("{\"fetch_policy\": {\"endpoint\": \"127.0.0.1\", \"port\": " + port
					+ ", \"protocol\": \"h1\", \"http_url\": \"policy.json\"}}");
		}
		all.addAll(List.of(streamTypes));
		return "{" + members + "\"s\": [" + String.join(", ", all) + "]}";
	}

	static String client(String name, int port, String more) {
		return "{\"" + name + "\": {\"endpoint\": \"127.0.0.1\", \"port\": " + port + ", \"protocol\": \"h1\"" + more
				+ "}}";
	}

	static FetchSettings settings(Duration interval, Duration trial) {
		return new FetchSettings(true, interval, Duration.ofSeconds(10), 100_000, trial, null, FetchPermissions.NONE,
				null);
	}

	/** Waits for what the network does, without moving the clock. */
	<T> T await(CompletionStage<T> stage) {
		CompletableFuture<T> future = stage.toCompletableFuture();
		until(future::isDone);
		return future.join();
	}

	void until(BooleanSupplier condition) {
		long start = System.nanoTime();
		do {
			this.clock.run();
			if (condition.getAsBoolean()) {
				return;
			}
			LockSupport.parkNanos(1_000_000);
		}
		while (System.nanoTime() - start < GUARD_NANOS);
		throw new AssertionError("it does not happen");
	}

	RefreshOutcome start() {
		return await(this.refresher.start());
	}

	RefreshOutcome refresh() {
		return await(this.refresher.refresh());
	}

	/**
	 * Lets time pass until the next fetch that is due, and waits for what comes of it.
	 */
	RefreshOutcome nextFetch() {
		RefreshOutcome before = this.refresher.status().lastFetch();
		this.clock.advance(untilNextFetch());
		until(() -> this.refresher.status().lastFetch() != before);
		@Nullable RefreshOutcome outcome = this.refresher.status().lastFetch();
		if (outcome == null) {
			throw new AssertionError("no fetch");
		}
		return outcome;
	}

	/** Time until then, ms. */
	long untilNextFetch() {
		return (this.refresher.status().nextFetch() != null)
				? this.refresher.status().nextFetch().toEpochMilli() - this.clock.epochMillis() : -1;
	}

	@Override
	public void close() {
		this.refresher.close();
		this.clock.run();
		this.streams.close();
		this.clock.run();
	}

	private final class Changes implements StreamObserver {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
		}

		@Override
		public void onPolicyChanged(Policy before, Policy after) {
			RefreshFixture.this.changes.add(PolicyDiff.between(before, after));
		}

	}

}
