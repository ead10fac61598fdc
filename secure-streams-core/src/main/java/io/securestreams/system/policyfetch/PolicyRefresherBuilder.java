package io.securestreams.system.policyfetch;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.Policy;
import io.securestreams.stream.factory.StreamFactory;

/**
 * Collects what a {@link PolicyRefresher} is made of.
 */
public final class PolicyRefresherBuilder {

	final StreamFactory streams;

	final Consumer<UnaryOperator<Policy>> update;

	Policy local;

	List<PolicyOverlay> overlays = List.of();

	FetchSettings settings = FetchSettings.DEFAULTS;

	PolicyTrial trial = new PolicyTrial();

	RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

	private @Nullable StreamExecutor executor;

	PolicyRefresherBuilder(StreamFactory streams, Consumer<UnaryOperator<Policy>> update) {
		this.streams = streams;
		this.update = update;
		this.local = streams.policy();
	}

	/**
	 * Sets the policy of this installation.
	 * @param local the policy, without overlays; default: the one in force
	 * @return this builder
	 */
	public PolicyRefresherBuilder local(Policy local) {
		this.local = local;
		return this;
	}

	/**
	 * Sets the overlays there are from the start.
	 * @param overlays in the order they are applied; default: none
	 * @return this builder
	 */
	public PolicyRefresherBuilder overlays(List<PolicyOverlay> overlays) {
		this.overlays = List.copyOf(overlays);
		return this;
	}

	/**
	 * Sets how policies are fetched.
	 * @param settings the settings; default: {@link FetchSettings#DEFAULTS}
	 * @return this builder
	 */
	public PolicyRefresherBuilder settings(FetchSettings settings) {
		this.settings = settings;
		return this;
	}

	/**
	 * Sets what tells whether streams work.
	 * @param trial an observer of the engine; default: nothing is known
	 * @return this builder
	 */
	public PolicyRefresherBuilder trial(PolicyTrial trial) {
		this.trial = trial;
		return this;
	}

	/**
	 * Sets what spreads fetches in time.
	 * @param random source of jitter; default: the thread's
	 * @return this builder
	 */
	public PolicyRefresherBuilder random(RandomGenerator random) {
		this.random = random;
		return this;
	}

	/**
	 * Sets where everything is done.
	 * @param executor not an event loop, for work takes its time; default: a thread of
	 * its own
	 * @return this builder
	 */
	public PolicyRefresherBuilder executor(StreamExecutor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Makes the refresher, which does nothing yet.
	 * @return the refresher
	 */
	public PolicyRefresher build() {
		StreamExecutor given = this.executor;
		if (given != null) {
			return new PolicyRefresher(this, given, () -> {
			}, () -> {
			});
		}
		WorkerThread own = new WorkerThread("secure-streams-policy");
		return new PolicyRefresher(this, own, own::close, own::awaitEnd);
	}

}
