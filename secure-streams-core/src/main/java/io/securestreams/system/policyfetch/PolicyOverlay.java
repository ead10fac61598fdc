package io.securestreams.system.policyfetch;

/**
 * A document that says what this installation wants different from the policy.
 *
 * @param name what it is called: a file, or what it is good for
 * @param json the document; see
 * {@link io.securestreams.policy.json.PolicyJson#overlay(io.securestreams.policy.Policy, String, String)}
 */
public record PolicyOverlay(String name, String json) {

	/** Most characters of a name. */
	public static final int MAX_NAME = 200;

	public PolicyOverlay {
		if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException(
					"name of an overlay (expected: 1.." + MAX_NAME + " characters, no control characters)");
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

}
