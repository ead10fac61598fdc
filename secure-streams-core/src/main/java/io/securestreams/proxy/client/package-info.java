/**
 * Fulfilment of streams by a proxy, at the other end of a link: one link for each stream.
 */
@NullMarked
package io.securestreams.proxy.client;

import org.jspecify.annotations.NullMarked;
