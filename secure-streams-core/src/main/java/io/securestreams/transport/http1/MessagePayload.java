package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.http.MultipartSplitter;
import org.jspecify.annotations.Nullable;

/**
 * Marks the content of a message for the application: start and end of the one message,
 * or of each part.
 */
final class MessagePayload {

	private final StreamLink link;

	private @Nullable MultipartSplitter splitter;

	private boolean started;

	/** The application may end the transaction between two parts of one piece. */
	private boolean stopped;

	MessagePayload(StreamLink link) {
		this.link = link;
	}

	/**
	 * Another message starts.
	 * @param boundary boundary of the parts to take apart, or {@code null}
	 */
	void start(@Nullable String boundary) {
		this.started = false;
		this.stopped = false;
		this.splitter = (boundary != null) ? new MultipartSplitter(boundary, this::deliver) : null;
	}

	/** Nothing more is delivered. */
	void stop() {
		this.stopped = true;
	}

	private void deliver(ByteBuf piece, int flags) {
		if (!this.stopped) {
			this.link.received(piece, flags);
		}
	}

	/**
	 * Delivers a piece.
	 * @param piece borrowed
	 * @throws IllegalArgumentException if the parts are malformed
	 */
	void content(ByteBuf piece) {
		boolean start = !this.started;
		this.started = true;
		MultipartSplitter parts = this.splitter;
		if (parts == null) {
			this.link.received(piece, start ? PayloadFlags.SOM : 0);
			return;
		}
		if (start) {
			deliver(Unpooled.EMPTY_BUFFER, PayloadFlags.RELATED_START);
		}
		parts.feed(piece);
	}

	/** Whether the last part is missing. */
	boolean isIncomplete() {
		return this.splitter != null && !this.splitter.isComplete();
	}

	/** Delivers the end; a message without content has none. */
	void end() {
		if (this.started && this.splitter == null) {
			this.link.received(Unpooled.EMPTY_BUFFER, PayloadFlags.EOM);
		}
	}

}
