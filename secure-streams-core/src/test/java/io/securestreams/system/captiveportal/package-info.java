/**
 * Tests of captive portal detection.
 */
@NullMarked
package io.securestreams.system.captiveportal;

import org.jspecify.annotations.NullMarked;
