/**
 * Fetching a newer policy through the streamtype {@code fetch_policy}, an ordinary
 * stream.
 */
@NullMarked
package io.securestreams.system.policyfetch;

import org.jspecify.annotations.NullMarked;
