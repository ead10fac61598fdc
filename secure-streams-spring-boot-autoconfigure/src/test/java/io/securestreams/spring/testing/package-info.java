/**
 * Streams without an engine.
 */
@NullMarked
package io.securestreams.spring.testing;

import org.jspecify.annotations.NullMarked;
