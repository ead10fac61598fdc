/**
 * The keys of streamtypes, and the policy that they make.
 */
@NullMarked
package io.securestreams.policy.json.keys;

import org.jspecify.annotations.NullMarked;
