package io.securestreams.transport.mqtt.wire;

import io.securestreams.engine.spi.ClientLink;

/**
 * Opens wires.
 */
@FunctionalInterface
public interface WireOpener {

	/**
	 * Starts opening a wire.
	 * @param link the stream on whose behalf; its target and policy say where to and how
	 * @param listener is told the result, never before this returns
	 * @return gives up; nothing is reported any more
	 */
	Runnable open(ClientLink link, WireListener listener);

}
