/**
 * Immutable policy values: what operators decide about a streamtype, with lookups and no
 * I/O. Depends on the JDK alone.
 */
@NullMarked
package io.securestreams.policy;

import org.jspecify.annotations.NullMarked;
