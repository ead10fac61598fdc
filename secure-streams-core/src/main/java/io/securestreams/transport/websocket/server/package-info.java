/**
 * Accepts WebSockets.
 */
@NullMarked
package io.securestreams.transport.websocket.server;

import org.jspecify.annotations.NullMarked;
