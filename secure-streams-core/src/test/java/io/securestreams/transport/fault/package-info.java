/**
 * Tests of faults on purpose.
 */
@NullMarked
package io.securestreams.transport.fault;

import org.jspecify.annotations.NullMarked;
