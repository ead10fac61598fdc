package io.securestreams.proxy.client.link;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.Perf;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.TxCredit;

/**
 * What links have to know of frames.
 */
final class LinkFrames {

	private LinkFrames() {
	}

	/** Whether a proxy may send it before it has answered. */
	static boolean isEarly(ProxyFrame frame) {
		return frame instanceof MetadataItem || frame instanceof TxCredit || frame instanceof Perf;
	}

	/**
	 * Tells how much room a frame without payload takes at most.
	 * @param frame the frame
	 * @param small enough for any but metadata
	 * @return bytes
	 */
	static int size(ClientFrame frame, int small) {
		return (frame instanceof MetadataItem item) ? small + item.value().length : small;
	}

}
