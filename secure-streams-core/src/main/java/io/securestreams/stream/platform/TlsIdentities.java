package io.securestreams.stream.platform;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * Keys and trust that come from outside the policy (SSL bundles, system blobs). May be
 * called from any thread; what it returns may change between calls.
 */
public interface TlsIdentities {

	/** None, and the JDK's trust. */
	TlsIdentities NONE = new TlsIdentities() {
	};

	/**
	 * Returns what policy {@code client_cert} stands for.
	 * @param index the index
	 * @return certificate and key, or {@code null} if there is none of that index
	 */
	default @Nullable KeyManagerFactory clientIdentity(int index) {
		return null;
	}

	/**
	 * Returns whom streamtypes without a trust store trust. Host names, key lengths and
	 * signatures are checked beyond what its trust managers check; of a plain
	 * {@code X509TrustManager}, which is not told whom it talks to, the certificate has
	 * to have a subject alternative name.
	 * @return the trust, or {@code null} for the JDK's
	 */
	default @Nullable TrustManagerFactory platformTrust() {
		return null;
	}

	/**
	 * Returns what a listener outside the policy presents.
	 * @param name its {@code VirtualHost.identity}
	 * @return certificate, key and trust, or {@code null} if there is nothing of that
	 * name
	 */
	default @Nullable ServerIdentity serverIdentity(String name) {
		return null;
	}

}
