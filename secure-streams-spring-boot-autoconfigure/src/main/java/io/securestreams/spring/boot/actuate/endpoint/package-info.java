/**
 * Actuator's view of live streams.
 */
@NullMarked
package io.securestreams.spring.boot.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
