/**
 * Streams, as applications use them, with servers of other people.
 */
@NullMarked
package io.securestreams.peers;

import org.jspecify.annotations.NullMarked;
