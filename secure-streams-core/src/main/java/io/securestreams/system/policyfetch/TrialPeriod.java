package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.Policy;
import io.securestreams.system.policyfetch.PolicyParts.FetchedPolicy;
import io.securestreams.system.policyfetch.PolicyFetch.Result;

/**
 * The time in which a new policy may be taken back: if nothing works any more under it,
 * or if it has cut off its own source. Confined to the executor.
 */
final class TrialPeriod {

	/** So often the source is asked before it counts as cut off. */
	private static final int ASKED = 3;

	/** Between these at least. */
	private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

	private final StreamExecutor executor;

	private final Duration length;

	private final PolicyTrial streams;

	private final Supplier<CompletableFuture<Result>> source;

	private final Consumer<String> takeBack;

	private final Runnable passed;

	private @Nullable FetchedPolicy good;

	private boolean running;

	private boolean sourceChanged;

	/** Tells the trial of today from those before. */
	private int serial;

	private StreamExecutor.@Nullable Timer timer;

	private StreamExecutor.@Nullable Timer asking;

	/**
	 * Makes one that is not running.
	 * @param executor measures time, and runs everything
	 * @param length how long streams are watched; zero: not at all
	 * @param streams tells which of them work
	 * @param source asks the policy's source
	 * @param takeBack is told why the policy has to go
	 * @param passed called when there is nothing to say against the policy, as soon as
	 * that is certain and once more at the end
	 */
	TrialPeriod(StreamExecutor executor, Duration length, PolicyTrial streams,
			Supplier<CompletableFuture<Result>> source, Consumer<String> takeBack, Runnable passed) {
		this.executor = executor;
		this.length = length;
		this.streams = streams;
		this.source = source;
		this.takeBack = takeBack;
		this.passed = passed;
	}

	boolean isRunning() {
		return this.running;
	}

	/** What to go back to; only while it is running. */
	@Nullable FetchedPolicy good() {
		return this.good;
	}

	/**
	 * A policy is going to be in force.
	 * @param before the policy until now
	 * @param fetched what was fetched of it; good, unless it is on trial itself
	 * @param after the new one
	 * @param otherSource whether the next one will be fetched in another way
	 */
	void begin(Policy before, @Nullable FetchedPolicy fetched, Policy after, boolean otherSource) {
		if (!this.running) {
			this.good = fetched;
		}
		this.sourceChanged = otherSource || (this.running && this.sourceChanged);
		cancel();
		this.running = true;
		this.serial++;
		this.streams.begin(before, after);
	}

	/** It is in force. */
	void watch() {
		if (this.sourceChanged) {
			ask(1, this.serial);
		}
		if (!this.length.isZero()) {
			judgeLater();
			passIfCertain();
		}
		else if (!this.sourceChanged) {
			pass();
		}
	}

	/** Goes on watching all the same, to know later what works. */
	private void passIfCertain() {
		if (!this.sourceChanged && this.streams.isProven()) {
			this.passed.run();
		}
	}

	/**
	 * Another overlay lies on the policy while it is being tried, which is not to blame
	 * for what that does.
	 * @param after the policy with it
	 */
	void overlaid(Policy after) {
		if (this.running) {
			this.streams.overlaid(after);
		}
	}

	private void judgeLater() {
		this.timer = this.executor.schedule(this::judge, this.length.toMillis());
	}

	private void ask(int count, int trial) {
		this.source.get().thenAccept((result) -> this.executor.execute(() -> {
			if (trial == this.serial && this.running) {
				asked(result, count, trial);
			}
		}));
	}

	private void asked(Result result, int count, int trial) {
		if (!(result instanceof Result.Failed failed)) {
			this.sourceChanged = false;
			if (this.timer == null) {
				pass();
			}
			else {
				passIfCertain();
			}
		}
		else if (count >= ASKED) {
			this.takeBack.accept("with it, policies cannot be fetched any more: " + failed.reason());
		}
		else {
			Duration pause = this.length.dividedBy(2L * ASKED);
			this.asking = this.executor.schedule(() -> ask(count + 1, trial),
					Math.max(LEAST_PAUSE.toMillis(), pause.toMillis()));
		}
	}

	private void judge() {
		this.timer = null;
		List<String> broken = this.streams.verdict();
		if (broken.isEmpty()) {
			if (!this.sourceChanged) {
				pass();
			}
			return;
		}
		int trial = this.serial;
		// If nothing at all can be reached, that is not the policy's fault
		this.source.get().thenAccept((result) -> this.executor.execute(() -> {
			if (trial != this.serial || !this.running) {
				return;
			}
			if (result instanceof Result.Failed && !this.sourceChanged) {
				judgeLater();
			}
			else {
				this.takeBack.accept("what worked before does not work any more: " + String.join(", ", broken));
			}
		}));
	}

	/** Nobody uses the policy for a while. */
	void pause() {
		cancel();
		this.serial++;
	}

	/** They do again: the time begins anew. */
	void resume() {
		if (this.running) {
			watch();
		}
	}

	private void pass() {
		end();
		this.passed.run();
	}

	private void end() {
		cancel();
		this.running = false;
		this.serial++;
		this.streams.end();
	}

	/** Stops watching a policy that is going to be taken back. */
	void fail() {
		end();
		this.streams.takenBack();
	}

	/** Stops watching for ever. What works by now would not be taken back any more. */
	void close() {
		if (this.running && !this.sourceChanged && this.streams.isProven()) {
			pass();
		}
		else {
			end();
		}
	}

	private void cancel() {
		for (StreamExecutor.Timer running : new StreamExecutor.Timer[] { this.timer, this.asking }) {
			if (running != null) {
				running.cancel();
			}
		}
		this.timer = null;
		this.asking = null;
	}

}
