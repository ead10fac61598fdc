/**
 * The policy that comes from a server: fetched by an ordinary stream, checked, tried,
 * kept for the next start, and overlaid by what this installation wants different.
 */
@NullMarked
package io.securestreams.system.policyfetch;

import org.jspecify.annotations.NullMarked;
