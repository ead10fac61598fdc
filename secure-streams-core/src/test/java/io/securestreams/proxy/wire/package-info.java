/**
 * Tests of the frames.
 */
@NullUnmarked
package io.securestreams.proxy.wire;

import org.jspecify.annotations.NullUnmarked;
