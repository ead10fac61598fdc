/**
 * Internal: what every stream has, whoever fulfils it. The serial context it lives in,
 * requests of any thread, announcing states by the rules, delivery with pauses, the queue
 * of {@code send()} and the slots, metadata. Who fulfils it is behind
 * {@link io.securestreams.engine.stream.Fulfilment}. Knows no protocol and no socket.
 */
@NullMarked
package io.securestreams.engine.stream;

import org.jspecify.annotations.NullMarked;
