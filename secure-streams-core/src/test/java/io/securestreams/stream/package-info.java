/**
 * Tests of the public API's values.
 */
@NullMarked
package io.securestreams.stream;

import org.jspecify.annotations.NullMarked;
