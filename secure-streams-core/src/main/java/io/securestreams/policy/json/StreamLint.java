package io.securestreams.policy.json;

/**
 * Finds what will not work as the author of a streamtype thinks.
 */
final class StreamLint {

	StreamLint(Draft draft, Problems problems) {
	}

	void check() {
	}

}
