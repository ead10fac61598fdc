/**
 * What carries packets to a broker: a socket or a WebSocket, and whether it is alive.
 */
@NullMarked
package io.securestreams.transport.mqtt.wire;

import org.jspecify.annotations.NullMarked;
