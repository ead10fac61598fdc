/**
 * Captive portal detection through the streamtype {@code captive_portal_detect}, an
 * ordinary stream.
 */
@NullMarked
package io.securestreams.system.captiveportal;

import org.jspecify.annotations.NullMarked;
