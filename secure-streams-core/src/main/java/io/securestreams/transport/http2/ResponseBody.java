package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.http.MultipartSplitter;

/**
 * Passes a response's body on as messages: one, or with {@code http_multipart_ss_in} one
 * for each part.
 */
final class ResponseBody {

	private final StreamLink link;

	private @Nullable MultipartSplitter splitter;

	private boolean started;

	ResponseBody(StreamLink link) {
		this.link = link;
	}

	/**
	 * A response starts.
	 * @param boundary boundary of its parts, or {@code null}
	 */
	void start(@Nullable String boundary) {
		this.started = false;
		this.splitter = (boundary != null) ? new MultipartSplitter(boundary, this.link::received) : null;
	}

	/**
	 * Passes on some of it.
	 * @param data borrowed
	 * @throws IllegalArgumentException if it is not the multipart body it says it is
	 */
	void data(ByteBuf data) {
		boolean first = !this.started;
		this.started = true;
		if (this.splitter == null) {
			this.link.received(data, first ? PayloadFlags.SOM : 0);
			return;
		}
		if (first) {
			this.link.received(Unpooled.EMPTY_BUFFER, PayloadFlags.RELATED_START);
		}
		this.splitter.feed(data);
	}

	/**
	 * Passes on that it is complete.
	 * @return {@code false} if parts are missing
	 */
	boolean end() {
		if (!this.started) {
			return true;
		}
		if (this.splitter != null) {
			return this.splitter.isComplete();
		}
		this.link.received(Unpooled.EMPTY_BUFFER, PayloadFlags.EOM);
		return true;
	}

}
