package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.policyfetch.DocumentCheck.Refusal;
import io.securestreams.system.policyfetch.PolicyFetch.Result;
import io.securestreams.system.policyfetch.PolicyParts.FetchedPolicy;
import io.securestreams.system.policyfetch.PolicyStatus.Origin;

/**
 * Keeps the policy of an engine up to date: fetches it with the streamtype
 * {@code fetch_policy}, checks it, puts it into force, takes it back if nothing works any
 * more, keeps the last good one in a file, and lays overlays on it. What the application
 * itself gives {@code updatePolicy} stays until there is something new here: another
 * policy from the server, or another overlay. May be used from any thread.
 */
public final class PolicyRefresher implements AutoCloseable {

	/** Most overlays there may be. */
	public static final int MAX_OVERLAYS = 64;

	/** Most characters of an overlay. */
	public static final int MAX_OVERLAY_SIZE = 1024 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(PolicyRefresher.class);

	private static final String CLOSED = "the policy is not changed any more: the application stops";

	private static final String PAUSED = "the policy is not fetched: the application is paused";

	private final StreamFactory streams;

	private final FetchSettings settings;

	private final StreamExecutor executor;

	private final Runnable release;

	private final Runnable settled;

	private final FetchSchedule schedule;

	private final FetchLog log = new FetchLog();

	/** Confined to the executor, as all below. */
	private final PolicySource source;

	private final PolicyInForce policy;

	private @Nullable CompletableFuture<RefreshOutcome> running;

	private StreamExecutor.@Nullable Timer next;

	private @Nullable Instant nextFetch;

	private boolean begun;

	private boolean paused;

	private boolean closed;

	private volatile PolicyStatus status;

	PolicyRefresher(PolicyRefresherBuilder from, StreamExecutor executor, Runnable release, Runnable settled) {
		this.streams = from.streams;
		this.settings = from.settings;
		this.executor = executor;
		this.release = release;
		this.settled = settled;
		this.schedule = new FetchSchedule(from.settings.interval(), from.random);
		this.source = new PolicySource(from.streams, from.settings, executor);
		this.policy = new PolicyInForce(from, executor, () -> this.source.fetch(null), this::takenBack,
				() -> this.status = snapshot());
		this.status = this.policy.status(isFetching(), null, 0, null);
	}

	/**
	 * Starts making a refresher.
	 * @param streams makes the stream that fetches, and knows the policy in force
	 * @param update replaces the policy in force: the engine's {@code updatePolicy}
	 * @return a builder with defaults
	 */
	public static PolicyRefresherBuilder builder(StreamFactory streams, Consumer<UnaryOperator<Policy>> update) {
		return new PolicyRefresherBuilder(streams, update);
	}

	/**
	 * Returns the policy that an engine starts with.
	 * @param local the policy of this installation
	 * @param overlays what is laid on it, in order
	 * @return the policy
	 * @throws PolicyException if an overlay does not fit
	 */
	public static Policy initial(Policy local, List<PolicyOverlay> overlays) {
		return new PolicyParts(new FetchRules(local, FetchPermissions.NONE), local, null, overlays).compose();
	}

	/**
	 * Fetches for the first time, and goes on as often as the settings say. If there is
	 * no answer, what was kept from an earlier start is used. After {@link #pause()} it
	 * goes on from where it was.
	 * @return completes when the policy to start with is in force, within the time limit
	 * of a fetch; never exceptionally
	 */
	public CompletionStage<RefreshOutcome> start() {
		return submit(() -> (this.running != null) ? this.running : this.begun ? resume() : begin(), this::tooLate);
	}

	/**
	 * Fetches no more until {@link #start()} is called again, for an application that is
	 * paused has no use for policies. What is being fetched is given up, the policy in
	 * force stays. One on trial is tried anew then, for nobody uses it meanwhile.
	 */
	public void pause() {
		submit(this::rest, this::tooLate);
	}

	private CompletableFuture<RefreshOutcome> rest() {
		RefreshOutcome resting = outcome(RefreshOutcome.Result.NOT_AVAILABLE, PAUSED);
		CompletableFuture<RefreshOutcome> waiting = this.running;
		this.paused = true;
		this.running = null;
		cancelNext();
		this.policy.pause();
		this.source.abandon();
		this.status = snapshot();
		if (waiting != null) {
			waiting.complete(resting);
		}
		return CompletableFuture.completedFuture(resting);
	}

	private CompletableFuture<RefreshOutcome> resume() {
		goOn();
		// What was kept has not been looked at if the first fetch was given up
		return run((this.policy.fetched() == null && isFetching()) ? this.policy.kept() : null);
	}

	/**
	 * Fetches now. If a fetch is under way already, this joins it. Listeners of the
	 * policy must not wait for the result: what calls them is what it waits for.
	 * @return completes with what came of it, never exceptionally; listeners of the
	 * engine's policy have been told then
	 */
	public CompletionStage<RefreshOutcome> refresh() {
		return submit(() -> (this.running != null) ? this.running : run(null), this::tooLate);
	}

	/**
	 * Adds an overlay, which stays until it is removed; it takes the place of one of the
	 * same name.
	 * @param overlay the overlay
	 * @return completes with what has changed; exceptionally with {@link PolicyException}
	 * if it does not fit, or {@link IllegalArgumentException} if there are too many or it
	 * is too large
	 */
	public CompletionStage<PolicyDiff> addOverlay(PolicyOverlay overlay) {
		return submit(() -> changed(this.policy.add(overlay)), PolicyRefresher::refused);
	}

	/**
	 * Removes an overlay, also one that was there from the start.
	 * @param name its name
	 * @return completes with what has changed; exceptionally with
	 * {@link IllegalArgumentException} if there is none of that name
	 */
	public CompletionStage<PolicyDiff> removeOverlay(String name) {
		return submit(() -> changed(this.policy.remove(name)), PolicyRefresher::refused);
	}

	private CompletableFuture<PolicyDiff> changed(PolicyDiff diff) {
		this.status = snapshot();
		return CompletableFuture.completedFuture(diff);
	}

	/**
	 * Returns how the policy in force came about.
	 * @return the state of affairs
	 */
	public PolicyStatus status() {
		return this.status;
	}

	/**
	 * Stops fetching, also what is being fetched; the policy in force stays, and is not
	 * changed any more. When this returns, what is to be kept for the next start has been
	 * written, unless that takes longer than five seconds, or this is an event loop.
	 */
	@Override
	public void close() {
		try {
			this.executor.execute(this::end);
		}
		catch (RejectedExecutionException ex) {
			// It has been closed before
		}
		// A process that ends does not wait for our thread
		this.settled.run();
	}

	private void end() {
		this.closed = true;
		cancelNext();
		this.policy.close();
		this.source.close();
		CompletableFuture<RefreshOutcome> waiting = this.running;
		if (waiting != null) {
			waiting.complete(outcome(RefreshOutcome.Result.NOT_AVAILABLE, CLOSED));
		}
		this.release.run();
	}

	/** Does something on the executor, or says that it is too late. */
	private <T> CompletionStage<T> submit(Supplier<CompletableFuture<T>> task, Supplier<CompletableFuture<T>> late) {
		PendingChange<T> done = new PendingChange<>(this.executor);
		try {
			this.executor.execute(() -> done.follow(this.closed ? late : task));
		}
		catch (RejectedExecutionException ex) {
			done.follow(late);
		}
		return done;
	}

	private CompletableFuture<RefreshOutcome> tooLate() {
		return CompletableFuture.completedFuture(outcome(RefreshOutcome.Result.NOT_AVAILABLE, CLOSED));
	}

	private static CompletableFuture<PolicyDiff> refused() {
		return CompletableFuture.failedFuture(new IllegalStateException(CLOSED));
	}

	private void goOn() {
		if (this.paused) {
			this.paused = false;
			this.policy.resume();
		}
	}

	private CompletableFuture<RefreshOutcome> begin() {
		this.begun = true;
		goOn();
		this.policy.begin();
		if (this.settings.enabled() && this.streams.isProxied()
				&& this.streams.policy().streamTypes().containsKey(FetchStreamType.POLICY)) {
			logger.warn("The policy is not fetched: {}", notFetched());
		}
		return run(isFetching() ? this.policy.kept() : null);
	}

	private boolean isFetching() {
		return notFetched().isEmpty();
	}

	/** Why the policy is not fetched, empty if it is. */
	private String notFetched() {
		if (!this.settings.enabled()) {
			return "that is turned off";
		}
		if (!this.streams.policy().streamTypes().containsKey(FetchStreamType.POLICY)) {
			return "it has no streamtype \"" + FetchStreamType.POLICY + "\"";
		}
		// Its streamtype of this name fetches its own policy, trusted as it says
		return this.streams.isProxied() ? "client streams are a proxy's, which has a policy of its own" : "";
	}

	/**
	 * Fetches once.
	 * @param kept what there is from an earlier start, as long as nothing was fetched
	 */
	private CompletableFuture<RefreshOutcome> run(@Nullable FetchedPolicy kept) {
		if (this.closed || !isFetching()) {
			return CompletableFuture.completedFuture(outcome(RefreshOutcome.Result.NOT_AVAILABLE,
					this.closed ? CLOSED : "the policy is not fetched: " + notFetched()));
		}
		if (this.paused) {
			return CompletableFuture.completedFuture(outcome(RefreshOutcome.Result.NOT_AVAILABLE, PAUSED));
		}
		cancelNext();
		CompletableFuture<RefreshOutcome> done = new CompletableFuture<>();
		this.running = done;
		FetchedPolicy known = (kept != null) ? kept : this.policy.fetched();
		FetchedDocument document = (known != null) ? known.document() : null;
		this.source.fetch(document).thenAccept((result) -> this.executor.execute(() -> arrived(result, kept, done)));
		return done;
	}

	private void arrived(Result result, @Nullable FetchedPolicy kept, CompletableFuture<RefreshOutcome> done) {
		if (this.closed || done != this.running) {
			return;
		}
		RefreshOutcome outcome;
		try {
			outcome = handle(result, kept);
		}
		catch (RuntimeException ex) {
			logger.error("defect: a policy could not be put into force", ex);
			outcome = outcome(RefreshOutcome.Result.REFUSED, "it could not be put into force: " + ex);
		}
		this.log.report(outcome);
		this.running = null;
		Duration delay = nextAfter(result, outcome);
		if (delay != null) {
			this.nextFetch = now().plus(delay);
			this.next = this.executor.schedule(() -> run(null), delay.toMillis());
		}
		this.status = snapshot();
		done.complete(outcome);
	}

	private @Nullable Duration nextAfter(Result result, RefreshOutcome outcome) {
		if (result instanceof Result.Failed failed) {
			return this.schedule.failed(failed.retryAfter());
		}
		// Somebody else may have answered: a portal, an intermediary, an unfinished
		// roll-out
		return (outcome.result() == RefreshOutcome.Result.REFUSED) ? this.schedule.failed(null)
				: this.schedule.succeeded();
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel();
			this.next = null;
		}
		this.nextFetch = null;
	}

	private RefreshOutcome handle(Result result, @Nullable FetchedPolicy kept) {
		if (result instanceof Result.Failed failed) {
			return bad(RefreshOutcome.Result.FAILED, failed.reason(), kept);
		}
		try {
			if (result instanceof Result.Received received) {
				return good(this.policy.accept(received.document(), kept).diff());
			}
			// What is there from an earlier start is what the server has
			return (kept == null) ? good(PolicyDiff.NONE)
					: good(this.policy.adopt(new FetchedPolicy(kept.document(), kept.policy(), Origin.FETCHED)).diff());
		}
		catch (Refusal | PolicyException ex) {
			return bad(RefreshOutcome.Result.REFUSED, String.valueOf(ex.getMessage()), kept);
		}
	}

	private RefreshOutcome good(PolicyDiff diff) {
		return new RefreshOutcome(diff.isEmpty() ? RefreshOutcome.Result.UNCHANGED : RefreshOutcome.Result.CHANGED, "",
				diff, now());
	}

	private RefreshOutcome bad(RefreshOutcome.Result result, String reason, @Nullable FetchedPolicy kept) {
		if (kept == null) {
			return outcome(result, reason);
		}
		PolicyDiff diff = this.policy.adopt(kept).diff();
		return new RefreshOutcome(result, reason + "; the policy kept from an earlier start is used", diff, now());
	}

	private void takenBack(PolicyInForce.Change change) {
		this.log.report(new RefreshOutcome(RefreshOutcome.Result.ROLLED_BACK, change.reason(), change.diff(), now()));
		this.status = snapshot();
	}

	private RefreshOutcome outcome(RefreshOutcome.Result result, String message) {
		return new RefreshOutcome(result, message, PolicyDiff.NONE, now());
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.executor.epochMillis());
	}

	private PolicyStatus snapshot() {
		return this.policy.status(isFetching(), this.log.last(), this.schedule.failures(), this.nextFetch);
	}

}
