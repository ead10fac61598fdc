/**
 * HTTP/2 framing (RFC 9113): one connection per origin and policy, streams multiplexed
 * without a channel each. A {@code Tunnel} is a stream for bytes both ways (RFC 8441).
 */
@NullMarked
package io.securestreams.transport.http2;

import org.jspecify.annotations.NullMarked;
