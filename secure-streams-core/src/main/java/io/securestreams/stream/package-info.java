/**
 * The public API: what applications implement
 * ({@link io.securestreams.stream.StreamHandler}) and call
 * ({@link io.securestreams.stream.SecureStream}).
 * <p>
 * A stream lives on one event loop. Its callbacks never overlap and never re-enter: an
 * operation called from inside a callback takes effect when the callback has returned.
 * Every method of {@code SecureStream} may be called from any thread. A callback that
 * throws is logged and the stream's connection is dropped. Callbacks must not block.
 */
@NullMarked
package io.securestreams.stream;

import org.jspecify.annotations.NullMarked;
