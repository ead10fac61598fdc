/**
 * Tests of what every stream has, whoever fulfils it.
 */
@NullMarked
package io.securestreams.engine.stream;

import org.jspecify.annotations.NullMarked;
