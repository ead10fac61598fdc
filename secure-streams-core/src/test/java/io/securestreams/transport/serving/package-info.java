/**
 * Tests of listeners of the HTTP family.
 */
@NullMarked
package io.securestreams.transport.serving;

import org.jspecify.annotations.NullMarked;
