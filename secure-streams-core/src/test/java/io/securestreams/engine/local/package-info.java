/**
 * Tests of the stream life cycle on a clock and a network that are moved by hand.
 */
@NullMarked
package io.securestreams.engine.local;

import org.jspecify.annotations.NullMarked;
