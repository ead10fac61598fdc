/**
 * WebSocket upgrade and message framing (RFC 6455, RFC 8441).
 */
@NullMarked
package io.securestreams.transport.websocket;

import org.jspecify.annotations.NullMarked;
