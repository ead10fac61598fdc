package io.securestreams.policy;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A named set of trust anchors, policy section {@code trust_stores}. A peer's chain must
 * end in one of them; nothing else is trusted.
 *
 * @param name name of the entry
 * @param certificates the anchors, at least one
 */
public record TrustStore(String name, List<X509Certificate> certificates) {

	/** Most certificates a {@code stack} has. */
	public static final int MAX_CERTIFICATES = 6;

	public TrustStore {
		certificates = List.copyOf(certificates);
		if (certificates.isEmpty() || certificates.size() > MAX_CERTIFICATES) {
			throw new IllegalArgumentException(
					"stack: " + certificates.size() + " certificates (expected: 1.." + MAX_CERTIFICATES + ")");
		}
	}

	@Override
	public String toString() {
		return "TrustStore[" + this.name + ", " + this.certificates.size() + " certificates]";
	}

}
