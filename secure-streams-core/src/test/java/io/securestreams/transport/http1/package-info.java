/**
 * Tests of HTTP/1.1 against peers of the JDK.
 */
@NullMarked
package io.securestreams.transport.http1;

import org.jspecify.annotations.NullMarked;
