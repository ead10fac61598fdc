/**
 * What is on its way between a proxy's clients and their streams: queued, put into
 * frames, and bounded.
 */
@NullMarked
package io.securestreams.proxy.server.payload;

import org.jspecify.annotations.NullMarked;
