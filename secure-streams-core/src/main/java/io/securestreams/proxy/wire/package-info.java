/**
 * Serialization frames of the proxy protocol: one codec per frame type, no I/O.
 */
@NullMarked
package io.securestreams.proxy.wire;

import org.jspecify.annotations.NullMarked;
