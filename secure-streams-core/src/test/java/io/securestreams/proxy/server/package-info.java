/**
 * Tests of the proxy's server.
 */
@NullUnmarked
package io.securestreams.proxy.server;

import org.jspecify.annotations.NullUnmarked;
