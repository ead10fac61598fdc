/**
 * Internal: fulfilment by the policy of this process. Phases, connection attempts, retry
 * and backoff, endpoints, listeners, local sinks, and the directory of what is alive.
 * Knows no protocol and no socket.
 * <p>
 * What is repeated after a failed attempt: a connection of messages or bytes is made
 * anew. A transaction is, too, unless its transport says that the peer may have processed
 * it and that its method is not idempotent
 * ({@link io.securestreams.stream.StreamFailure#repeatable()}); then it ends in
 * {@code ALL_RETRIES_FAILED} at once. What {@code send()} was given for a transaction
 * goes out again as a whole with each attempt, and is done with when it is answered.
 * Failures count until a transaction has been answered, or until a connection of another
 * kind has lasted as long as the wait before it.
 */
@NullMarked
package io.securestreams.engine.local;

import org.jspecify.annotations.NullMarked;
