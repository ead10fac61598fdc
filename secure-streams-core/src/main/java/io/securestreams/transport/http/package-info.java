/**
 * Protocol-neutral HTTP mapping (RFC 9110): metadata to and from headers, paths, request
 * bodies, redirects, verdicts, server metadata. Knows no framing; {@code http1} and
 * {@code http2} stand on it.
 */
@NullMarked
package io.securestreams.transport.http;

import org.jspecify.annotations.NullMarked;
