/**
 * HTTP/2 clients: one connection per origin and policy, streams multiplexed without a
 * channel each.
 */
@NullMarked
package io.securestreams.transport.http2.client;

import org.jspecify.annotations.NullMarked;
