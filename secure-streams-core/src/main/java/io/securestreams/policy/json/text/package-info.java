/**
 * JSON text to values that know their place, and the problems found in it.
 */
@NullMarked
package io.securestreams.policy.json.text;

import org.jspecify.annotations.NullMarked;
