package io.securestreams.transport.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Collects header blocks (RFC 9113 section 4.3) from HEADERS and CONTINUATION up to the
 * limit of {@link HeaderLimits}, and decodes them. Twin of {@link HeaderBlock}, which
 * builds them.
 */
final class HeaderBlockReader {

	private final FrameListener listener;

	private final ByteBufAllocator allocator;

	private final HeaderLimits limits;

	private final DefaultHttp2HeadersDecoder decoder;

	/** Fragments of a header block that goes on in CONTINUATION. */
	private @Nullable ByteBuf fragments;

	/** The stream of a block that goes on, 0 without one. */
	private int streamId;

	private boolean endsStream;

	private int continuations;

	HeaderBlockReader(FrameListener listener, ByteBufAllocator allocator, HeaderLimits limits) {
		this.listener = listener;
		this.allocator = allocator;
		this.limits = limits;
		this.decoder = new DefaultHttp2HeadersDecoder(true, true, limits.maxSize());
	}

	/** Whether a block has begun that is not complete. */
	boolean isOpen() {
		return this.streamId != 0;
	}

	/** Returns whose block it is, 0 if none is open. */
	int streamId() {
		return this.streamId;
	}

	/** Releases what has been collected. */
	void close() {
		if (this.fragments != null) {
			this.fragments.release();
			this.fragments = null;
		}
	}

	/**
	 * A block begins, in HEADERS.
	 * @param id the stream
	 * @param in the frame, borrowed
	 * @param length bytes of the fragment
	 * @param endStream whether nothing follows the block
	 * @param complete whether this is all of it
	 */
	void start(int id, ByteBuf in, int length, boolean endStream, boolean complete) throws Http2Violation {
		if (complete) {
			decode(in, length, id, endStream);
			return;
		}
		this.streamId = id;
		this.endsStream = endStream;
		this.continuations = 0;
		ByteBuf started = this.allocator.buffer(Math.max(length * 2, 256));
		this.fragments = started.writeBytes(in, length);
	}

	/**
	 * The block goes on, in CONTINUATION.
	 * @param in the frame, borrowed
	 * @param length bytes of the fragment
	 * @param complete whether this is the last one
	 */
	void add(ByteBuf in, int length, boolean complete) throws Http2Violation {
		ByteBuf block = this.fragments;
		if (block == null) {
			throw new Http2Violation(Http2Error.PROTOCOL_ERROR, "CONTINUATION without HEADERS");
		}
		this.continuations++;
		// A block that compression made larger than the list it stands for is no block
		if (this.continuations > this.limits.maxContinuations()
				|| block.readableBytes() + length > this.limits.maxSize()) {
			throw new Http2Violation(Http2Error.ENHANCE_YOUR_CALM, "header block of more than " + block.readableBytes()
					+ " bytes in " + this.continuations + " CONTINUATION frames");
		}
		block.writeBytes(in, length);
		if (!complete) {
			return;
		}
		this.fragments = null;
		int id = this.streamId;
		this.streamId = 0;
		try {
			decode(block, block.readableBytes(), id, this.endsStream);
		}
		finally {
			block.release();
		}
	}

	private void decode(ByteBuf in, int length, int id, boolean endStream) throws Http2Violation {
		int writerIndex = in.writerIndex();
		Http2Headers headers;
		try {
			// The decoder reads to the end; narrowing is cheaper than a slice per
			// response
			in.writerIndex(in.readerIndex() + length);
			headers = this.decoder.decodeHeaders(id, in);
		}
		catch (Http2Exception ex) {
			if (Http2Exception.isStreamError(ex)) {
				this.listener.badHeaders(id, String.valueOf(ex.getMessage()), ex instanceof HeaderListSizeException,
						endStream);
				return;
			}
			throw new Http2Violation(ex.error(), String.valueOf(ex.getMessage()));
		}
		finally {
			in.writerIndex(writerIndex);
		}
		if (headers.size() > this.limits.maxFields()) {
			this.listener.badHeaders(id,
					headers.size() + " headers (expected: at most " + this.limits.maxFields() + ")", true, endStream);
			return;
		}
		this.listener.headers(id, headers, endStream);
	}

}
