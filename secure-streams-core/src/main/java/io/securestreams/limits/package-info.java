/**
 * Bounds and time limits that no policy sets, as plain values with safe defaults: what
 * {@code SecureStreams.Builder} takes and transports keep to.
 */
@NullMarked
package io.securestreams.limits;

import org.jspecify.annotations.NullMarked;
