/**
 * Tests of HTTP/2 frames.
 */
@NullMarked
package io.securestreams.transport.http2.frame;

import org.jspecify.annotations.NullMarked;
