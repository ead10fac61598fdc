/**
 * Opens WebSockets as a client, on a socket of their own or in a tunnel of HTTP/2.
 */
@NullMarked
package io.securestreams.transport.websocket.client;

import org.jspecify.annotations.NullMarked;
