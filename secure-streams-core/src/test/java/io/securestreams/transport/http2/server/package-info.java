/**
 * Tests of HTTP/2 servers.
 */
@NullMarked
package io.securestreams.transport.http2.server;

import org.jspecify.annotations.NullMarked;
