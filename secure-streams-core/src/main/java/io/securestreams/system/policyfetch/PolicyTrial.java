package io.securestreams.system.policyfetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;

/**
 * Watches which client streamtypes work, so that a policy can be judged under which none
 * of them does any more. Given to the engine as an observer when it is built. May be used
 * from any thread.
 */
public final class PolicyTrial implements StreamObserver {

	private static final Set<String> SYSTEM = Set.of(FetchStreamType.POLICY, FetchStreamType.SIGNATURE,
			"captive_portal_detect");

	/** Of the streamtypes that the policy has, so there are not many. */
	private final Map<String, Outcome> last = new ConcurrentHashMap<>();

	private volatile @Nullable Baseline baseline;

	/** What worked before the last trial. */
	private volatile Set<String> former = Set.of();

	/**
	 * Makes one that has not seen anything yet.
	 */
	public PolicyTrial() {
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		Boolean success = success(stream, state);
		if (success == null || stream.role() != StreamRole.CLIENT || SYSTEM.contains(stream.streamType())) {
			return;
		}
		Baseline trial = this.baseline;
		if (trial != null && !Objects.equals(stream.policy(), trial.after().streamTypes().get(stream.streamType()))) {
			// Goes on under the policy it was connected with
			return;
		}
		Outcome known = this.last.get(stream.streamType());
		// A success is what counts: once is enough, until the next trial begins
		boolean news = known == null || (success && !known.success()) || known.policy() != stream.policy();
		if (news && (success || trial == null || !trial.overlaid().contains(stream.streamType()))) {
			this.last.put(stream.streamType(), new Outcome(success, stream.policy()));
		}
	}

	@Override
	public void onPolicyChanged(Policy before, Policy after) {
		this.last.keySet().retainAll(after.streamTypes().keySet());
	}

	/** Whether an event is a success or a failure, {@code null} if it is neither. */
	private static @Nullable Boolean success(SecureStream stream, StreamState state) {
		return switch (state) {
			case QOS_ACK_REMOTE -> true;
			case QOS_NACK_REMOTE, UNREACHABLE, AUTH_FAILED, ALL_RETRIES_FAILED -> false;
			case CONNECTED -> {
				StreamPolicy policy = stream.policy();
				// Of a transaction the answer tells
				yield (policy != null && policy.protocol() instanceof HttpPolicy) ? null : Boolean.TRUE;
			}
			default -> null;
		};
	}

	/**
	 * A policy is about to be tried.
	 * @param before the policy until now; good, unless it is on trial itself
	 * @param after the policy to be tried
	 */
	void begin(Policy before, Policy after) {
		Set<String> working = working();
		Baseline earlier = this.baseline;
		Policy good = before;
		if (earlier != null) {
			// One that is on trial itself is not known to be good
			good = earlier.before();
			working.addAll(earlier.working());
		}
		// What has been removed since is not missed
		working.retainAll(good.streamTypes().keySet());
		this.baseline = new Baseline(good, after, working, Set.of());
		this.last.clear();
	}

	/**
	 * An overlay has come or gone while a policy is being tried: what it changes begins
	 * anew, and its failures are not that policy's.
	 * @param after what is tried from now on
	 */
	void overlaid(Policy after) {
		Baseline trial = this.baseline;
		if (trial == null) {
			return;
		}
		Set<String> overlaid = new TreeSet<>(trial.overlaid());
		for (String name : trial.working()) {
			if (!Objects.equals(trial.after().streamTypes().get(name), after.streamTypes().get(name))
					|| !Objects.equals(trial.after().socks5(), after.socks5())) {
				overlaid.add(name);
			}
		}
		this.baseline = new Baseline(trial.before(), after, trial.working(), overlaid);
		this.last.keySet().removeAll(overlaid);
	}

	/** Streamtypes of which it is known that they work. */
	Set<String> working() {
		Set<String> working = new TreeSet<>();
		this.last.forEach((name, outcome) -> {
			if (outcome.success()) {
				working.add(name);
			}
		});
		return working;
	}

	/**
	 * Whether something works with the policy that is being tried, or there is nothing
	 * that it is to be compared with.
	 */
	boolean isProven() {
		Baseline trial = this.baseline;
		return trial == null || trial.working().isEmpty() || this.last.values().stream().anyMatch(Outcome::success);
	}

	/**
	 * Judges the policy that is being tried.
	 * @return the streamtypes that worked before and do not any more, if there is nothing
	 * that works; empty if the policy may stay
	 */
	List<String> verdict() {
		Baseline before = this.baseline;
		if (before == null || isProven()) {
			return List.of();
		}
		Policy current = before.after();
		List<String> broken = new ArrayList<>();
		boolean tried = false;
		boolean untried = false;
		for (String name : before.working()) {
			StreamPolicy was = before.before().streamTypes().get(name);
			StreamPolicy is = current.streamTypes().get(name);
			boolean changed = !Objects.equals(was, is) || !Objects.equals(before.before().socks5(), current.socks5());
			if (before.overlaid().contains(name)) {
				untried = true;
			}
			else if (is == null) {
				broken.add(name);
			}
			else if (this.last.containsKey(name)) {
				tried = true;
				if (changed) {
					broken.add(name);
				}
			}
			else if (changed) {
				untried = true;
			}
			else {
				// What has not changed and is not in trouble goes on as before
				return List.of();
			}
		}
		// If all that is known is that some are gone, what is left may well work
		return (untried && !tried) ? List.of() : broken;
	}

	/**
	 * Takes in what is known from elsewhere.
	 * @param working streamtypes that work with the policy in force, unless known better
	 */
	void remember(Set<String> working) {
		working.forEach((name) -> this.last.putIfAbsent(name, new Outcome(true, null)));
	}

	/** What worked before and has not been tried is taken to work. */
	void end() {
		Baseline over = this.baseline;
		this.baseline = null;
		if (over != null) {
			remember(over.working());
			this.former = over.working();
		}
	}

	/** What the policy has broken that was tried last works again. */
	void takenBack() {
		this.last.clear();
		remember(this.former);
	}

	private record Outcome(boolean success, @Nullable StreamPolicy policy) {

	}

	/**
	 * What was known before a trial.
	 *
	 * @param before the policy that is known to be good
	 * @param after the one that is being tried
	 * @param working streamtypes that worked under the former
	 * @param overlaid those of them that an overlay has changed since
	 */
	private record Baseline(Policy before, Policy after, Set<String> working, Set<String> overlaid) {

	}

}
