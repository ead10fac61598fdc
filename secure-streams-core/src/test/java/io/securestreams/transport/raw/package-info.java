/**
 * Tests of raw streams against sockets of the JDK.
 */
@NullMarked
package io.securestreams.transport.raw;

import org.jspecify.annotations.NullMarked;
