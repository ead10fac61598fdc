/**
 * What a key of the policy is, the tables of them, and how their values are read.
 */
@NullMarked
package io.securestreams.policy.json.table;

import org.jspecify.annotations.NullMarked;
