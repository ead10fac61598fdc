/**
 * Requests over HTTP/1.1, and the connections they share.
 */
@NullMarked
package io.securestreams.transport.http1.client;

import org.jspecify.annotations.NullMarked;
