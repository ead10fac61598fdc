package io.securestreams.policy.json.lint;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.Problems;

/**
 * A streamtype that is being judged. What the document does not give itself is not looked
 * at.
 */
final class Suspect {

	private final Draft draft;

	private final Problems problems;

	private final Role role;

	private final Protocol protocol;

	Suspect(Draft draft, Problems problems) {
		this.draft = draft;
		this.problems = problems;
		this.role = EndpointKeys.role(draft);
		this.protocol = draft.get(EndpointKeys.PROTOCOL);
	}

	Draft draft() {
		return this.draft;
	}

	Problems problems() {
		return this.problems;
	}

	Role role() {
		return this.role;
	}

	Protocol protocol() {
		return this.protocol;
	}

	<T> T get(Key<T> key) {
		return this.draft.get(key);
	}

	/** Given, and more than a flag that is left off. */
	boolean isMeant(Key<?> key) {
		return this.draft.isGiven(key) && !Boolean.FALSE.equals(this.draft.find(key));
	}

	/** From the policy that the document overlays. */
	boolean isInherited(Key<?> key) {
		return this.draft.has(key) && !this.draft.isGiven(key);
	}

	/** Whether a key says anything else than what holds without it. */
	boolean is(Key<?> key) {
		Object value = this.draft.find(key);
		return value != null && !value.equals(key.fallback());
	}

	/** Whether a key has an effect here. */
	boolean goesBy(Key<?> key) {
		return key.scope().covers(this.role, this.protocol);
	}

	void warn(Key<?> key, String message, String expected) {
		this.problems.warning(this.draft.place(key), message, expected);
	}

	/** What the streamtype is, in words. */
	String roleName() {
		return switch (this.role) {
			case CLIENT -> "client";
			case SERVER -> "server";
			case LOCAL_SINK -> "local sink";
		};
	}

}
