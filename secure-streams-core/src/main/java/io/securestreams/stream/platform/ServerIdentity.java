package io.securestreams.stream.platform;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * What a listener shows its clients, and whom it trusts to vouch for them.
 *
 * @param keys certificate and key
 * @param trust who issues client certificates, or {@code null} if nobody does
 */
public record ServerIdentity(KeyManagerFactory keys, @Nullable TrustManagerFactory trust) {

}
