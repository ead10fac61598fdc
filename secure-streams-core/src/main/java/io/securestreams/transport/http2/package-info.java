/**
 * HTTP/2 framing (RFC 9113): one connection per origin and policy, streams multiplexed
 * without a channel each.
 */
@NullMarked
package io.securestreams.transport.http2;

import org.jspecify.annotations.NullMarked;
