/**
 * Tests of the mux layer.
 */
@NullUnmarked
package io.securestreams.proxy.mux;

import org.jspecify.annotations.NullUnmarked;
