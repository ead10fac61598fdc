/**
 * Who vouches for a policy: detached signatures, and who may make them.
 */
@NullMarked
package io.securestreams.system.policyfetch.signature;

import org.jspecify.annotations.NullMarked;
