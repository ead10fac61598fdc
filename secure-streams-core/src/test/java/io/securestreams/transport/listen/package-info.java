/**
 * Tests of listening sockets.
 */
@NullMarked
package io.securestreams.transport.listen;

import org.jspecify.annotations.NullMarked;
