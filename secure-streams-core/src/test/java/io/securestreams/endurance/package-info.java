/**
 * Long runs: hours of mixed traffic, floods of malformed input, and attacks on little
 * memory. Short ones go with the tests against real peers.
 */
@NullMarked
package io.securestreams.endurance;

import org.jspecify.annotations.NullMarked;
