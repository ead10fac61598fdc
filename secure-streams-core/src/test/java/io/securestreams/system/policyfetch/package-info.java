/**
 * Tests of policies that come from a server.
 */
@NullMarked
package io.securestreams.system.policyfetch;

import org.jspecify.annotations.NullMarked;
