/**
 * Tests of the engine as a whole.
 */
@NullMarked
package io.securestreams;

import org.jspecify.annotations.NullMarked;
