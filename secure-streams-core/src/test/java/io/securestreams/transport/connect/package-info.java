/**
 * Tests of client connections.
 */
@NullMarked
package io.securestreams.transport.connect;

import org.jspecify.annotations.NullMarked;
