/**
 * Warns of streamtypes that will not do what their author thinks.
 */
@NullMarked
package io.securestreams.policy.json.lint;

import org.jspecify.annotations.NullMarked;
