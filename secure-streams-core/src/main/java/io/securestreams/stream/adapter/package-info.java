/**
 * Convenience built on the public API alone: blocking use,
 * {@code java.util.concurrent.Flow}, whole messages.
 */
@NullMarked
package io.securestreams.stream.adapter;

import org.jspecify.annotations.NullMarked;
