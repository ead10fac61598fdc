/**
 * Tests of the HTTP mapping, and what tests of all HTTP versions share.
 */
@NullMarked
package io.securestreams.transport.http;

import org.jspecify.annotations.NullMarked;
