/**
 * Tests of streams without a network, through the engine.
 */
@NullMarked
package io.securestreams.transport.local;

import org.jspecify.annotations.NullMarked;
