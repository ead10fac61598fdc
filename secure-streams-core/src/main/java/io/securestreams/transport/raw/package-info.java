/**
 * Raw byte streams over TCP or TLS, client and server.
 */
@NullMarked
package io.securestreams.transport.raw;

import org.jspecify.annotations.NullMarked;
