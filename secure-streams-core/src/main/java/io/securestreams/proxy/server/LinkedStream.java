package io.securestreams.proxy.server;

import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.WireViolation;

/**
 * What a link serves its client with. On the link's event loop.
 */
interface LinkedStream {

	/** The name of the stream in this process. */
	String id();

	/** What a client of ours is told first, see {@link MetadataItem#SPOKEN}. */
	default @Nullable String spoken() {
		return null;
	}

	/** The answer to the client. */
	CreateResult created(StreamType wanted);

	/** The answer is on its way: the stream may speak. */
	void start();

	/** The client has sent something after the streamtype. */
	void onFrame(ClientFrame frame) throws WireViolation;

	void onTimeout(TimeoutUpdate timeout);

	/** Whether the client takes what it is sent. */
	void onWritability(boolean writable);

	/** Whether what is read from the client now goes on at once. */
	boolean isFlowing();

	/** The link is gone. */
	void onLinkEnd();

	/** Ends the link as soon as nothing is under way. */
	void drain();

	/** Bytes from the client that have not gone on. */
	long queued();

	/** Whether the stream waits for the client to read. */
	boolean isPaused();

}
