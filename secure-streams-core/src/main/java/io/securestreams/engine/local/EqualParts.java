package io.securestreams.engine.local;

import java.util.LinkedHashMap;
import java.util.Map;

import io.securestreams.policy.Policy;

/**
 * Keeps what a new policy has in common with the one before as it is: a stream whose
 * streamtype has not changed sees the very same value, and with it keeps its transport,
 * its connections and what has been encoded from it.
 */
final class EqualParts {

	private EqualParts() {
	}

	/**
	 * Takes over what is equal.
	 * @param before the former policy
	 * @param after the new one
	 * @return a policy equal to the new one; the former one if they are equal
	 */
	static Policy keep(Policy before, Policy after) {
		if (before.equals(after)) {
			return before;
		}
		return new Policy(after.release(), after.product(), after.schemaVersion(), after.socks5(),
				keep(before.retries(), after.retries()), keep(before.certificates(), after.certificates()),
				keep(before.trustStores(), after.trustStores()), keep(before.auth(), after.auth()), after.metrics(),
				keep(before.streamTypes(), after.streamTypes()));
	}

	private static <V> Map<String, V> keep(Map<String, V> before, Map<String, V> after) {
		Map<String, V> kept = new LinkedHashMap<>(after);
		kept.replaceAll((name, value) -> {
			V known = before.get(name);
			return value.equals(known) ? known : value;
		});
		return kept;
	}

}
