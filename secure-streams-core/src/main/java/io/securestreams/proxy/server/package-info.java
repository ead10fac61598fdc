/**
 * Accepts proxy links and opens onward streams through the public API.
 */
@NullMarked
package io.securestreams.proxy.server;

import org.jspecify.annotations.NullMarked;
