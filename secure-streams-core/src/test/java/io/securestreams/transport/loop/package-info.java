/**
 * Tests of event loops and what every connection has.
 */
@NullMarked
package io.securestreams.transport.loop;

import org.jspecify.annotations.NullMarked;
