/**
 * Tests of HTTP/2 clients.
 */
@NullMarked
package io.securestreams.transport.http2.client;

import org.jspecify.annotations.NullMarked;
