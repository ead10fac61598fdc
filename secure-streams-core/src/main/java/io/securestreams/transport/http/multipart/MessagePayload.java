package io.securestreams.transport.http.multipart;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.transport.http.ReceivedHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Marks the content of received messages, one after the other, for the application: start
 * and end of the one message, or with {@code http_multipart_ss_in} of each part.
 */
public final class MessagePayload {

	private final StreamLink link;

	private final boolean splits;

	private final HttpMessageLimits limits;

	private @Nullable PartReader parts;

	private @Nullable MultipartSplitter splitter;

	private boolean started;

	/**
	 * Makes the payload of a stream.
	 * @param link the stream
	 * @param policy whether multipart bodies are taken apart
	 * @param limits most parts, and longest head of one
	 */
	public MessagePayload(StreamLink link, HttpBody policy, HttpMessageLimits limits) {
		this.link = link;
		this.splits = policy.multipartIn();
		this.limits = limits;
	}

	/**
	 * Another message starts.
	 * @param fields its header fields
	 */
	public void start(ReceivedHeaders fields) {
		this.started = false;
		this.splitter = null;
		this.parts = null;
		String boundary = this.splits ? MultipartSplitter.boundary(fields.first("content-type")) : null;
		if (boundary != null) {
			PartReader reader = new PartReader(this.link, this.limits);
			this.parts = reader;
			this.splitter = new MultipartSplitter(boundary, reader);
		}
	}

	/** Nothing more is delivered of a message that is being taken apart. */
	public void stop() {
		if (this.parts != null) {
			this.parts.stop();
		}
	}

	/**
	 * Delivers a piece.
	 * @param piece borrowed
	 * @throws IllegalArgumentException if the parts are malformed, or too many
	 */
	public void content(ByteBuf piece) {
		boolean start = !this.started;
		this.started = true;
		MultipartSplitter current = this.splitter;
		if (current == null) {
			this.link.received(piece, start ? PayloadFlags.SOM : 0);
			return;
		}
		if (start) {
			this.link.received(Unpooled.EMPTY_BUFFER, PayloadFlags.RELATED_START);
		}
		current.feed(piece);
	}

	/**
	 * Whether the end of the parts is missing.
	 * @return {@code true} if the message must not end here
	 */
	public boolean isIncomplete() {
		return this.splitter != null && !this.splitter.isComplete();
	}

	/** Delivers the end; a message without content has none. */
	public void end() {
		if (this.started) {
			endExpected();
		}
	}

	/** Delivers the end of content that has been expected, even if there was none. */
	public void endExpected() {
		if (this.splitter == null) {
			this.link.received(Unpooled.EMPTY_BUFFER,
					this.started ? PayloadFlags.EOM : PayloadFlags.SOM | PayloadFlags.EOM);
		}
	}

	/**
	 * Whether content of a request is to be expected. Where it turns out empty, the
	 * application is told so, for it may wait for the end.
	 * @param method request method
	 * @param length length of the content by the request's head, or -1
	 * @param open whether the head leaves open if there is content
	 * @return {@code true} if it may have some by its method or its framing
	 */
	public static boolean isExpected(String method, long length, boolean open) {
		return switch (method) {
			case "POST", "PUT", "PATCH" -> true;
			// Some clients say of these, too, that there is none: it is what one expects
			case "GET", "HEAD" -> open || length > 0;
			default -> open || length >= 0;
		};
	}

}
