/**
 * The composition root: {@link io.securestreams.SecureStreams} wires policy, engine and
 * transports together. It may see every package; no other package sees it.
 */
@NullMarked
package io.securestreams;

import org.jspecify.annotations.NullMarked;
