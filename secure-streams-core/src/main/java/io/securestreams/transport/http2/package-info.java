/**
 * What both sides of an HTTP/2 connection (RFC 9113) share. A {@code Tunnel} is a stream
 * for bytes both ways (RFC 8441).
 */
@NullMarked
package io.securestreams.transport.http2;

import org.jspecify.annotations.NullMarked;
