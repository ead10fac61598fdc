/**
 * Tests of WebSocket streams.
 */
@NullMarked
package io.securestreams.transport.websocket;

import org.jspecify.annotations.NullMarked;
