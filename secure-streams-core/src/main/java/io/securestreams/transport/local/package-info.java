/**
 * Streams without a network: local sources and sinks, {@code file://} endpoints.
 */
@NullMarked
package io.securestreams.transport.local;

import org.jspecify.annotations.NullMarked;
