/**
 * Tests of static policies.
 */
@NullMarked
package io.securestreams.policy.source;

import org.jspecify.annotations.NullMarked;
