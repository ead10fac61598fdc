/**
 * HTTP/2 servers: connections that have been accepted, and what arrives on them.
 */
@NullMarked
package io.securestreams.transport.http2.server;

import org.jspecify.annotations.NullMarked;
