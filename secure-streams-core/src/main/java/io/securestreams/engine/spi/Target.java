package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

/**
 * What one connection attempt aims at. While nothing changes, every attempt of a stream
 * gets the same instance, so transports may cache by identity.
 *
 * @param address where to connect
 * @param tls whether TLS is used
 * @param path path and query that override the policy's {@code http_url}, from an
 * endpoint written as URL, or {@code null}
 */
public record Target(Address address, boolean tls, @Nullable String path) {

}
