/**
 * Tests of streams that a proxy fulfils.
 */
@NullMarked
package io.securestreams.proxy.client;

import org.jspecify.annotations.NullMarked;
