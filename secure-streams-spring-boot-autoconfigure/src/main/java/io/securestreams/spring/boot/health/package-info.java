/**
 * Health of the streams.
 */
@NullMarked
package io.securestreams.spring.boot.health;

import org.jspecify.annotations.NullMarked;
