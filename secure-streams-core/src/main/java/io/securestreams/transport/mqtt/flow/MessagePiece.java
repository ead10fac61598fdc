package io.securestreams.transport.mqtt.flow;

import io.netty.buffer.ByteBuf;

/**
 * A piece of a message from the broker.
 *
 * @param message what it is of
 * @param bytes owned by whoever keeps the piece
 * @param flags whether it is the first, or the last
 */
public record MessagePiece(IncomingMessage message, ByteBuf bytes, int flags) {

}
