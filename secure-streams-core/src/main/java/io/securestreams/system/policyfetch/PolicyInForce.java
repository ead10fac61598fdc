package io.securestreams.system.policyfetch;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyProblem;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.policyfetch.DocumentCheck.Refusal;
import io.securestreams.system.policyfetch.PolicyFetch.Result;
import io.securestreams.system.policyfetch.PolicyParts.FetchedPolicy;
import io.securestreams.system.policyfetch.PolicyStatus.Origin;

/**
 * The policy that the engine goes by, and how it is exchanged: for a fetched one, with
 * another overlay, and back. Confined to the executor.
 */
final class PolicyInForce {

	private static final Logger log = LoggerFactory.getLogger(PolicyInForce.class);

	private final StreamFactory streams;

	private final Consumer<UnaryOperator<Policy>> update;

	private final StreamExecutor executor;

	private final DocumentCheck check;

	private final PolicyTrial streamTypes;

	private final TrialPeriod trial;

	private final KeptPolicy kept;

	private final Consumer<Change> takenBack;

	private final Runnable trialEnded;

	/** Streamtypes that it takes to fetch a policy. */
	private final List<String> sources;

	private PolicyParts parts;

	private Instant loadedAt;

	private PolicyDiff lastDiff = PolicyDiff.NONE;

	private List<PolicyProblem> warnings = List.of();

	/**
	 * Makes what knows the policy of this installation and its overlays.
	 * @param from settings
	 * @param executor where everything is done
	 * @param source asks whether policies can be fetched
	 * @param takenBack is told of a policy that has been taken back
	 * @param trialEnded called when a policy is no longer on trial
	 */
	PolicyInForce(PolicyRefresherBuilder from, StreamExecutor executor, Supplier<CompletableFuture<Result>> source,
			Consumer<Change> takenBack, Runnable trialEnded) {
		this.streams = from.streams;
		this.update = from.update;
		this.executor = executor;
		this.takenBack = takenBack;
		this.trialEnded = trialEnded;
		this.sources = (from.settings.signature() != null) ? List.of(FetchStreamType.POLICY, FetchStreamType.SIGNATURE)
				: List.of(FetchStreamType.POLICY);
		Policy local = FetchStreamType.prepare(from.local);
		FetchRules rules = new FetchRules(local, from.settings.permissions());
		this.parts = new PolicyParts(rules, local, null, from.overlays);
		this.check = new DocumentCheck(rules, from.settings);
		this.streamTypes = from.trial;
		this.kept = new KeptPolicy(from.settings, from.trial);
		this.trial = new TrialPeriod(executor, from.settings.trial(), from.trial, source, this::takeBack, this::passed);
		this.loadedAt = now();
	}

	/** What was fetched of it, {@code null} if nothing was. */
	@Nullable FetchedPolicy fetched() {
		return this.parts.fetched();
	}

	/** Puts the policy of this installation into force. */
	void begin() {
		Policy first = this.parts.compose();
		this.warnings = this.parts.warnings();
		this.update.accept((current) -> first);
	}

	/**
	 * Reads what was kept at an earlier start.
	 * @return a policy that could be put into force, {@code null} if there is none
	 */
	@Nullable FetchedPolicy kept() {
		FetchedDocument document = this.kept.read();
		if (document == null) {
			return null;
		}
		try {
			FetchedPolicy usable = this.check.accept(document, Origin.CACHE);
			this.check.requireNotOlder(usable.policy(), this.parts.local());
			this.parts.withFetched(usable).compose();
			return usable;
		}
		catch (Refusal | PolicyException ex) {
			log.warn("The policy that was kept is not used: {}", ex.getMessage());
			return null;
		}
	}

	/**
	 * Puts a document into force that has just been received.
	 * @param document the document
	 * @param kept what there is from an earlier start, as long as nothing was fetched
	 * @return what has changed
	 * @throws Refusal if it is not acceptable
	 * @throws PolicyException if it is not a policy, or does not fit the overlays
	 */
	Change accept(FetchedDocument document, @Nullable FetchedPolicy kept) {
		FetchedPolicy current = fetched();
		String digest = document.digest();
		if (current != null && digest.equals(current.document().digest())) {
			this.parts = this.parts.withFetched(
					new FetchedPolicy(current.document().withValidators(document), current.policy(), Origin.FETCHED));
			return new Change("", PolicyDiff.NONE);
		}
		if (this.kept.isRejected(digest)) {
			throw new Refusal("it has been taken back before, because nothing worked with it");
		}
		FetchedPolicy fresh = this.check.accept(document, Origin.FETCHED);
		this.check.requireNotOlder(fresh.policy(), this.parts.local());
		FetchedPolicy newest = (current != null) ? current : kept;
		if (newest != null) {
			this.check.requireNotOlder(fresh.policy(), newest.policy());
		}
		if (kept != null && current == null) {
			this.streamTypes.remember(this.kept.worked());
			return adopt(fresh, kept, Set.of());
		}
		return adopt(fresh, null, Set.of());
	}

	/**
	 * The policy in force has turned out to be good: the next start may begin with it.
	 */
	private void passed() {
		FetchedPolicy good = fetched();
		if (good != null) {
			this.kept.write(good);
		}
		this.trialEnded.run();
	}

	/** Puts what there is from an earlier start into force. */
	Change adopt(FetchedPolicy kept) {
		return adopt(kept, null, this.kept.worked());
	}

	/**
	 * Puts a policy into force, for a trial.
	 * @param fetched the policy
	 * @param kept what is to take its place if it does not work, or {@code null} for what
	 * is in force
	 * @param working what works with it, as far as that is known
	 */
	private Change adopt(FetchedPolicy fetched, @Nullable FetchedPolicy kept, Set<String> working) {
		PolicyParts changed = this.parts.withFetched(fetched);
		Policy before = this.streams.policy();
		Policy after = changed.compose();
		// What is not new does not take the place of what the application has set
		if (before.equals(after) || after.equals(this.parts.compose())) {
			this.parts = changed;
			this.streamTypes.remember(working);
			if (!this.trial.isRunning() && fetched.origin() == Origin.FETCHED) {
				// Another text for the same
				this.kept.write(fetched);
			}
			return new Change("", PolicyDiff.NONE);
		}
		boolean otherSource = FetchStreamType.isOtherWay(before, after, this.sources);
		if (kept != null) {
			this.trial.begin(this.parts.withFetched(kept).compose(), kept, after, otherSource);
		}
		else {
			this.trial.begin(before, fetched(), after, otherSource);
		}
		PolicyDiff diff = apply(changed, after);
		this.streamTypes.remember(working);
		this.trial.watch();
		return new Change("", diff);
	}

	PolicyDiff add(PolicyOverlay overlay) {
		PolicyParts changed = this.parts.with(overlay);
		Policy after = changed.compose();
		log.info("Overlay \"{}\" is laid on the policy", overlay.name());
		this.trial.overlaid(after);
		PolicyDiff diff = apply(changed, after);
		this.warnings.stream()
			.filter((warning) -> warning.source().equals(overlay.name()))
			.forEach((warning) -> log.warn("{}", warning));
		return diff;
	}

	PolicyDiff remove(String overlay) {
		PolicyParts changed = this.parts.without(overlay);
		Policy after = changed.compose();
		log.info("Overlay \"{}\" is taken off the policy", overlay);
		this.trial.overlaid(after);
		return apply(changed, after);
	}

	private PolicyDiff apply(PolicyParts changed, Policy after) {
		PolicyDiff diff = PolicyDiff.between(this.streams.policy(), after);
		this.parts = changed;
		this.warnings = changed.warnings();
		if (!diff.isEmpty()) {
			this.lastDiff = diff;
			this.loadedAt = now();
			diff.lines().forEach((line) -> log.info("Policy: {}", line));
		}
		this.update.accept((current) -> after);
		return diff;
	}

	/** The policy in force does not work. */
	private void takeBack(String reason) {
		FetchedPolicy bad = fetched();
		FetchedPolicy good = this.trial.good();
		this.trial.fail();
		this.trialEnded.run();
		if (bad == null) {
			return;
		}
		PolicyParts former = this.parts.withFetched(good);
		Policy after;
		try {
			after = former.compose();
		}
		catch (PolicyException ex) {
			log.error("The policy does not work ({}), and the one before does not fit the overlays: {}", reason,
					ex.getMessage());
			return;
		}
		this.kept.reject(bad.document().digest());
		boolean replaced = !this.streams.policy().equals(this.parts.compose());
		this.parts = replaced ? former : this.parts;
		PolicyDiff diff = replaced ? PolicyDiff.NONE : apply(former, after);
		this.kept.write(good);
		this.takenBack
			.accept(new Change(replaced ? reason + "; what the application has set since stays" : reason, diff));
	}

	void pause() {
		this.trial.pause();
	}

	void resume() {
		this.trial.resume();
	}

	void close() {
		this.trial.close();
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.executor.epochMillis());
	}

	PolicyStatus status(boolean fetching, @Nullable RefreshOutcome lastFetch, int failures,
			@Nullable Instant nextFetch) {
		FetchedPolicy fetched = fetched();
		return new PolicyStatus((fetched != null) ? fetched.origin() : Origin.LOCAL, this.loadedAt,
				this.parts.overlays().stream().map(PolicyOverlay::name).toList(), fetching, lastFetch, failures,
				nextFetch, this.trial.isRunning(), this.lastDiff, this.warnings);
	}

	/**
	 * A change of the policy.
	 *
	 * @param reason why, if there is something to say
	 * @param diff what has changed
	 */
	record Change(String reason, PolicyDiff diff) {

	}

}
