/**
 * Tests of what is on its way through a proxy.
 */
@NullUnmarked
package io.securestreams.proxy.client.payload;

import org.jspecify.annotations.NullUnmarked;
