/**
 * Serves clients that have their streams fulfilled by this process: links with one stream
 * each, which are connected onward through the public API with the policy of this
 * process.
 * <p>
 * A link lives on the event loop that accepted it, and nearly always its onward stream
 * does, too. Whatever is not said to be shared is confined to that loop.
 */
@NullMarked
package io.securestreams.proxy.server;

import org.jspecify.annotations.NullMarked;
