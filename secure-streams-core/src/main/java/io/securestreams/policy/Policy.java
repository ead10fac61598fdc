package io.securestreams.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A policy: immutable, complete, every name resolved. Replaced as a whole, never changed.
 *
 * @param release version of the policy ({@code release})
 * @param product product it applies to ({@code product})
 * @param schemaVersion least parser version it needs ({@code schema-version})
 * @param socks5 SOCKS5 proxy for all client streams ({@code via-socks5}), or {@code null}
 * @param retries section {@code retry} by name
 * @param certificates section {@code certs} by name
 * @param trustStores section {@code trust_stores} by name
 * @param auth section {@code auth} by name
 * @param metrics section {@code metrics}
 * @param streamTypes section {@code s} by name, in the order of the document
 */
public record Policy(String release, String product, int schemaVersion, @Nullable Socks5Proxy socks5,
		Map<String, RetryPolicy> retries, Map<String, CertificateEntry> certificates,
		Map<String, TrustStore> trustStores, Map<String, AuthScheme> auth, List<MetricsPolicy> metrics,
		Map<String, StreamPolicy> streamTypes) {

	/** A policy without any streamtype. */
	public static final Policy EMPTY = new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(),
			Map.of());

	public Policy {
		retries = ordered(retries);
		certificates = ordered(certificates);
		trustStores = ordered(trustStores);
		auth = ordered(auth);
		metrics = List.copyOf(metrics);
		streamTypes = ordered(streamTypes);
	}

	/**
	 * Finds a streamtype by its exact name.
	 * @param name the streamtype
	 * @return its policy, or empty if the policy has no such streamtype
	 */
	public Optional<StreamPolicy> streamType(String name) {
		return Optional.ofNullable(this.streamTypes.get(name));
	}

	private static <V> Map<String, V> ordered(Map<String, V> map) {
		return Collections.unmodifiableMap(new LinkedHashMap<>(map));
	}

	@Override
	public String toString() {
		return "Policy[release=" + this.release + ", product=" + this.product + ", streamTypes="
				+ this.streamTypes.keySet() + "]";
	}

}
