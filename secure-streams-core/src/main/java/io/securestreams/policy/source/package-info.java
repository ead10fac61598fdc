/**
 * Policies as Java sources, for programs that read no JSON.
 */
@NullMarked
package io.securestreams.policy.source;

import org.jspecify.annotations.NullMarked;
