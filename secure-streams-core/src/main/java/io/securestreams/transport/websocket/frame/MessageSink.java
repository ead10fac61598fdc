package io.securestreams.transport.websocket.frame;

import io.netty.buffer.ByteBuf;

/**
 * Is told what {@link MessageReader} finds.
 */
public interface MessageSink {

	/**
	 * A piece of a message.
	 * @param payload borrowed
	 * @param flags {@link io.securestreams.engine.spi.PayloadFlags} SOM and EOM
	 */
	void payload(ByteBuf payload, int flags);

	/**
	 * A control frame.
	 * @param opcode its type
	 * @param payload holds the payload from index 0, borrowed
	 * @param length length of the payload
	 */
	void control(int opcode, byte[] payload, int length) throws WebSocketViolation;

}
