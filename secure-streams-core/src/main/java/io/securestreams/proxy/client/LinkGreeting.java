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

	/** Every system message. */
	private static final int ALL_CLASSES = -1;

	private static final int PID = (int) ProcessHandle.current().pid();

	/** What is known of the streamtype before the proxy has said anything. */
	OnwardKind kind() {
		return this.streamType.equals(StreamType.SMD) ? OnwardKind.SYSTEM_MESSAGES : OnwardKind.UNKNOWN;
	}

	/** Returns the frame for the next link. */
	StreamType next(StreamCore core) {
		int credit = this.options.initialCredit();
		if (credit == StreamOptions.AUTOMATIC_CREDIT) {
			credit = kind().isSystemMessages() ? ALL_CLASSES : StreamType.DEFAULT_CREDIT;
		}
		return new StreamType(1, PID, credit, this.streamType);
	}

}
