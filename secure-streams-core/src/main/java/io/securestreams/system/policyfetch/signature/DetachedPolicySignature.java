package io.securestreams.system.policyfetch.signature;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Detached signatures of either form, whichever has arrived: CMS or JWS.
 */
public final class DetachedPolicySignature implements PolicySignature {

	private final PolicySignature cms;

	private final PolicySignature jws;

	/**
	 * Makes a verifier.
	 * @param trusted gives the certificates of signers, or of those who issue them; asked
	 * each time
	 */
	public DetachedPolicySignature(Supplier<? extends Collection<X509Certificate>> trusted) {
		this.cms = new CmsPolicySignature(trusted);
		this.jws = new JwsPolicySignature(trusted);
	}

	@Override
	public void verify(byte[] document, byte[] signature) throws GeneralSecurityException {
		(JwsPolicySignature.looksLike(signature) ? this.jws : this.cms).verify(document, signature);
	}

}
