/**
 * Internal: the stream life cycle. States, connect phases, retry and backoff, transmit
 * slots, metadata, the directory of live streams. Knows no protocol and no socket.
 */
@NullMarked
package io.securestreams.engine;

import org.jspecify.annotations.NullMarked;
