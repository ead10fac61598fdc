/**
 * Meters of the streams.
 */
@NullMarked
package io.securestreams.spring.boot.metrics;

import org.jspecify.annotations.NullMarked;
