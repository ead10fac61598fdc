/**
 * HTTP/3 framing (RFC 9114) over QUIC.
 */
@NullMarked
package io.securestreams.transport.http3;

import org.jspecify.annotations.NullMarked;
