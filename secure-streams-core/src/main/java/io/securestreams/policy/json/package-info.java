/**
 * Policy text and overlays to {@link io.securestreams.policy.Policy} values, with located
 * errors and lint.
 */
@NullMarked
package io.securestreams.policy.json;

import org.jspecify.annotations.NullMarked;
