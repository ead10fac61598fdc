package io.securestreams.limits;

import java.time.Duration;

/**
 * Says which value is out of range, and what is expected.
 */
final class Require {

	private Require() {
	}

	static void atLeast(String name, long value, long least) {
		if (value < least) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " or more)");
		}
	}

	static void oneMillisecond(String name, Duration value) {
		if (value.toMillis() < 1) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms or more)");
		}
	}

}
