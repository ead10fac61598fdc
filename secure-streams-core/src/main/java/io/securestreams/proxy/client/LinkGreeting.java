package io.securestreams.proxy.client;

import io.securestreams.engine.stream.StreamCore;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.StreamOptions;

/**
 * What a proxy is asked for on a new link.
 *
 * @param streamType the streamtype
 * @param options what the application says of the stream
 */
record LinkGreeting(String streamType, StreamOptions options) {

	private static final int PID = (int) ProcessHandle.current().pid();

	/** Returns the frame for the next link. */
	StreamType next(StreamCore core) {
		int credit = this.options.initialCredit();
		return new StreamType(1, PID, (credit != StreamOptions.AUTOMATIC_CREDIT) ? credit : StreamType.DEFAULT_CREDIT,
				this.streamType);
	}

}
