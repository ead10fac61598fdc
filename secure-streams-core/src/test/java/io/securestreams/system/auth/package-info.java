/**
 * Tests of authentication.
 */
@NullMarked
package io.securestreams.system.auth;

import org.jspecify.annotations.NullMarked;
