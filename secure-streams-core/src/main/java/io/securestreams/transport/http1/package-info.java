/**
 * HTTP/1.1 framing (RFC 9112), client and server, with keep-alive pooling.
 */
@NullMarked
package io.securestreams.transport.http1;

import org.jspecify.annotations.NullMarked;
