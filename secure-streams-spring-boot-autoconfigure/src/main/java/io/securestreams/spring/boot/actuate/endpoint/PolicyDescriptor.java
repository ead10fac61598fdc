package io.securestreams.spring.boot.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyProblem;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.system.auth.AuthSnapshot;
import io.securestreams.system.policyfetch.PolicyStatus;
import io.securestreams.system.policyfetch.RefreshOutcome;

/**
 * The policy in force, for people, without secrets.
 *
 * @param release version of the policy
 * @param product product it applies to
 * @param schemaVersion least parser version it needs
 * @param origin where it comes from
 * @param loadedAt since when it is in force
 * @param overlays names of the overlays on it, in order
 * @param fetch how it is fetched
 * @param lastChange what the last change was, one line for each key
 * @param warnings what is suspicious in the overlays
 * @param waiting streamtypes that have a handler, but are not in the policy
 * @param authentication how its authentication schemes stand, without what they hold
 * @param total number of streamtypes, of which {@code streamtypes} is a part
 * @param streamtypes the streamtypes
 */
public record PolicyDescriptor(String release, String product, int schemaVersion, PolicyStatus.Origin origin,
		Instant loadedAt, List<String> overlays, FetchDescriptor fetch, List<String> lastChange, List<String> warnings,
		Set<String> waiting, List<AuthSnapshot> authentication, int total,
		List<StreamTypeDescriptor> streamtypes) implements OperationResponseBody {

	static PolicyDescriptor of(Policy policy, PolicyStatus status, Set<String> waiting,
			List<AuthSnapshot> authentication, Page page) {
		List<StreamTypeDescriptor> all = policy.streamTypes().values().stream().map(StreamTypeDescriptor::of).toList();
		return new PolicyDescriptor(policy.release(), policy.product(), policy.schemaVersion(), status.origin(),
				status.loadedAt(), status.overlays(), FetchDescriptor.of(status), status.lastDiff().lines(),
				status.warnings().stream().map(PolicyProblem::toString).toList(), waiting, authentication, all.size(),
				page.of(all));
	}

	/**
	 * How the policy is fetched.
	 *
	 * @param enabled whether it is
	 * @param last what came of the last fetch, or {@code null}
	 * @param failures fetches that have failed in a row
	 * @param next when it is fetched next, or {@code null}
	 * @param onTrial whether the policy is being watched, and may be taken back
	 */
	public record FetchDescriptor(boolean enabled, @Nullable OutcomeDescriptor last, int failures,
			@Nullable Instant next, boolean onTrial) {

		static FetchDescriptor of(PolicyStatus status) {
			RefreshOutcome last = status.lastFetch();
			return new FetchDescriptor(status.fetching(), (last != null) ? OutcomeDescriptor.of(last) : null,
					status.failures(), status.nextFetch(), status.onTrial());
		}

	}

	/**
	 * What came of a change, or an attempt at one.
	 *
	 * @param result in one word
	 * @param message in a sentence, empty if there is nothing to say
	 * @param at when it was known
	 * @param diff what has changed, one line for each key
	 */
	public record OutcomeDescriptor(String result, String message, Instant at,
			List<String> diff) implements OperationResponseBody {

		static OutcomeDescriptor of(RefreshOutcome outcome) {
			return new OutcomeDescriptor(outcome.result().name(), outcome.message(), outcome.at(),
					outcome.diff().lines());
		}

	}

	/**
	 * A streamtype.
	 *
	 * @param name its name
	 * @param role what it is
	 * @param protocol wire protocol
	 * @param endpoint where it connects or listens, without credentials
	 * @param port TCP port
	 * @param tls whether it travels in TLS
	 * @param trustStore whom it trusts, {@code null} for the platform's trust
	 * @param retry name of its backoff scheme, or empty
	 * @param nailedUp whether it connects by itself
	 * @param opportunistic whether a lost connection may stay lost
	 */
	public record StreamTypeDescriptor(String name, StreamPolicy.Role role, String protocol, String endpoint, int port,
			boolean tls, @Nullable String trustStore, String retry, boolean nailedUp, boolean opportunistic) {

		static StreamTypeDescriptor of(StreamPolicy stream) {
			String endpoint = stream.endpoint().address().text().replaceFirst("://[^/?#]*@", "://***@");
			return new StreamTypeDescriptor(stream.name(), stream.role(), stream.protocol().protocol().policyName(),
					endpoint, stream.endpoint().port(), stream.tls().enabled(),
					(stream.tls().trustStore() != null) ? stream.tls().trustStore().name() : null,
					stream.persistence().retry().name(), stream.persistence().nailedUp(),
					stream.persistence().opportunistic());
		}

	}

}
