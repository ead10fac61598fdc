/**
 * Profile {@code policy-check}: what is wrong with a policy, and what it means.
 */
@NullMarked
package io.securestreams.demo.policycheck;

import org.jspecify.annotations.NullMarked;
