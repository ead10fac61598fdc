package io.securestreams.system.policyfetch.signature;

import java.security.GeneralSecurityException;

/**
 * Who vouches for fetched policies. May be used from any thread but event loops.
 */
@FunctionalInterface
public interface PolicySignature {

	/**
	 * Verifies a detached signature.
	 * @param document the policy document, as received
	 * @param signature the signature, as received
	 * @throws GeneralSecurityException if it is not the document's, or not of anybody who
	 * is trusted
	 */
	void verify(byte[] document, byte[] signature) throws GeneralSecurityException;

}
