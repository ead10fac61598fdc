/**
 * HTTP/2 frames, header blocks and settings, without connections (RFC 9113, RFC 7541).
 */
@NullMarked
package io.securestreams.transport.http2.frame;

import org.jspecify.annotations.NullMarked;
