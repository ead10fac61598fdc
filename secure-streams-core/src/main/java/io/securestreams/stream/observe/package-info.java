/**
 * For who watches: states of streams, and of the event loops they live on.
 */
@NullMarked
package io.securestreams.stream.observe;

import org.jspecify.annotations.NullMarked;
