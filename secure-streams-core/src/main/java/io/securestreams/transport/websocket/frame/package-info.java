/**
 * Frames and messages of WebSocket, both ways, whatever carries them.
 */
@NullMarked
package io.securestreams.transport.websocket.frame;

import org.jspecify.annotations.NullMarked;
