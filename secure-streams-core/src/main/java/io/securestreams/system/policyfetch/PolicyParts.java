package io.securestreams.system.policyfetch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.PolicyProblem;

/**
 * What the policy in force is made of: that of this installation or, once there is one, a
 * fetched one in its place, and overlays. Immutable.
 *
 * @param rules knows the policy of this installation
 * @param local the policy of this installation
 * @param fetched what was fetched, or {@code null}
 * @param overlays in the order they are applied
 */
record PolicyParts(FetchRules rules, Policy local, @Nullable FetchedPolicy fetched, List<PolicyOverlay> overlays) {

	PolicyParts {
		overlays = List.copyOf(overlays);
	}

	PolicyParts withFetched(@Nullable FetchedPolicy other) {
		return new PolicyParts(this.rules, this.local, other, this.overlays);
	}

	/**
	 * Adds an overlay, in the place of one of the same name if there is one.
	 * @throws IllegalArgumentException if it is too large, or one too many
	 */
	PolicyParts with(PolicyOverlay overlay) {
		if (overlay.json().length() > PolicyRefresher.MAX_OVERLAY_SIZE) {
			throw new IllegalArgumentException(
					"overlay too large (expected: at most " + PolicyRefresher.MAX_OVERLAY_SIZE + " characters)");
		}
		List<PolicyOverlay> all = new ArrayList<>(this.overlays);
		int index = 0;
		while (index < all.size() && !all.get(index).name().equals(overlay.name())) {
			index++;
		}
		if (index < all.size()) {
			all.set(index, overlay);
		}
		else {
			all.add(overlay);
		}
		if (all.size() > PolicyRefresher.MAX_OVERLAYS) {
			throw new IllegalArgumentException(
					"too many overlays (expected: at most " + PolicyRefresher.MAX_OVERLAYS + ")");
		}
		return new PolicyParts(this.rules, this.local, this.fetched, all);
	}

	/**
	 * Takes an overlay away.
	 * @throws IllegalArgumentException if there is none of that name
	 */
	PolicyParts without(String overlay) {
		if (!has(overlay)) {
			throw new IllegalArgumentException("no overlay of that name (there are: "
					+ this.overlays.stream().map(PolicyOverlay::name).toList() + ")");
		}
		return new PolicyParts(this.rules, this.local, this.fetched,
				this.overlays.stream().filter((each) -> !each.name().equals(overlay)).toList());
	}

	boolean has(String overlay) {
		return this.overlays.stream().anyMatch((each) -> each.name().equals(overlay));
	}

	/**
	 * Makes the policy to be in force.
	 * @throws PolicyException if an overlay does not fit
	 */
	Policy compose() {
		return compose((warning) -> {
		});
	}

	/**
	 * Returns what is suspicious in the overlays.
	 * @throws PolicyException if one does not fit
	 */
	List<PolicyProblem> warnings() {
		List<PolicyProblem> warnings = new ArrayList<>();
		compose(warnings::add);
		return warnings;
	}

	private Policy compose(Consumer<PolicyProblem> warnings) {
		Policy whole = (this.fetched != null) ? this.rules.merge(this.fetched.policy()) : this.local;
		for (PolicyOverlay overlay : this.overlays) {
			PolicyDocument document = PolicyJson.overlay(whole, overlay.json(), overlay.name());
			document.warnings().forEach(warnings);
			whole = document.policy();
		}
		return FetchStreamType.prepare(whole);
	}

	/**
	 * A fetched document and what it says.
	 *
	 * @param document the document
	 * @param policy what it says, checked
	 * @param origin where it comes from
	 */
	record FetchedPolicy(FetchedDocument document, Policy policy, PolicyStatus.Origin origin) {

	}

}
