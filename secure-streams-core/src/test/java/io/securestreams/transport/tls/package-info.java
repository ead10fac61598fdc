/**
 * Tests of keys and trust.
 */
@NullMarked
package io.securestreams.transport.tls;

import org.jspecify.annotations.NullMarked;
