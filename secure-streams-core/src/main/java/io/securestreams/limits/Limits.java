package io.securestreams.limits;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Limits that belong together, as a value: equal if they are of the same kind and each of
 * them is the same.
 */
abstract class Limits {

	/** Each limit by its name, in order. */
	abstract Map<String, Object> values();

	@Override
	public final boolean equals(@Nullable Object other) {
		return other instanceof Limits limits && limits.getClass() == getClass() && limits.values().equals(values());
	}

	@Override
	public final int hashCode() {
		return values().hashCode();
	}

	@Override
	public final String toString() {
		return getClass().getSimpleName() + values();
	}

}
