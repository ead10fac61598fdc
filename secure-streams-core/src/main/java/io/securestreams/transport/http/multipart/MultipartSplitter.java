package io.securestreams.transport.http.multipart;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;

/**
 * Takes a multipart body (RFC 2046 section 5.1) apart while it arrives, policy key
 * {@code http_multipart_ss_in}: each part, its own headers included, becomes one message.
 * Holds back nothing but the bytes of a delimiter that may be about to complete, and
 * those are known without storing them: a delimiter has its only CR at the start, so a
 * mismatch needs no look back.
 */
public final class MultipartSplitter {

	/** Longest boundary of RFC 2046. */
	private static final int MAX_BOUNDARY = 70;

	/** Most white space and other bytes between a delimiter and its line end. */
	private static final int MAX_PADDING = 128;

	private static final int CRLF = 2;

	private final byte[] delimiter;

	private final ByteBuf delimiterBytes;

	private final Parts parts;

	private State state = State.PREAMBLE;

	/** Bytes of the delimiter seen; a body starts as if a CRLF had gone before. */
	private int matched = CRLF;

	private int tailLength;

	private int lastTailByte;

	private boolean partStarted;

	private boolean partOpen;

	/** Payload in front of a delimiter whose kind is not known yet. */
	private @Nullable ByteBuf held;

	/**
	 * Makes a splitter for one body.
	 * @param boundary the boundary parameter, without quotes
	 * @param parts takes the parts
	 * @throws IllegalArgumentException if the boundary is empty or longer than 70
	 * characters
	 */
	public MultipartSplitter(String boundary, Parts parts) {
		if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
			throw new IllegalArgumentException(
					"boundary of " + boundary.length() + " characters (expected: 1.." + MAX_BOUNDARY + ")");
		}
		this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
		this.delimiterBytes = Unpooled.wrappedBuffer(this.delimiter);
		this.parts = parts;
	}

	/**
	 * Finds the boundary in a content type.
	 * @param contentType value of a content-type header, or {@code null}
	 * @return the boundary, or {@code null} if it is not multipart/form-data or
	 * multipart/related, or has none
	 */
	public static @Nullable String boundary(@Nullable String contentType) {
		if (contentType == null || !(contentType.regionMatches(true, 0, "multipart/form-data", 0, 19)
				|| contentType.regionMatches(true, 0, "multipart/related", 0, 17))) {
			return null;
		}
		String value = PartHead.parameter(contentType, "boundary");
		return (value == null || value.isEmpty() || value.length() > MAX_BOUNDARY) ? null : value;
	}

	/**
	 * Takes the next piece of the body.
	 * @param chunk the bytes, borrowed; its indices do not change
	 * @throws IllegalArgumentException if the line of a delimiter does not end
	 */
	public void feed(ByteBuf chunk) {
		int index = chunk.readerIndex();
		int end = chunk.writerIndex();
		while (index < end) {
			index = switch (this.state) {
				case PREAMBLE, PART -> scan(chunk, index, end);
				case TAIL -> tail(chunk, index);
				case EPILOGUE -> end;
			};
		}
		if (this.held != null) {
			emit(this.held, 0);
			this.held = null;
		}
	}

	/**
	 * Whether the closing delimiter has been seen, so that nothing is missing.
	 * @return {@code false} if the body was cut short
	 */
	public boolean isComplete() {
		return this.state == State.EPILOGUE;
	}

	/** Looks for a delimiter; returns where to go on. */
	private int scan(ByteBuf chunk, int from, int end) {
		int index = from;
		int payloadStart = from;
		while (index < end) {
			if (this.matched == 0) {
				int cr = chunk.forEachByte(index, end - index, ByteProcessor.FIND_CR);
				if (cr < 0) {
					break;
				}
				index = cr + 1;
				this.matched = 1;
				continue;
			}
			if (chunk.getByte(index) == this.delimiter[this.matched]) {
				index++;
				if (++this.matched == this.delimiter.length) {
					int payloadEnd = index - this.delimiter.length;
					foundDelimiter(chunk, payloadStart, payloadEnd);
					return index;
				}
				continue;
			}
			// Bytes of an earlier chunk that turned out to be payload
			int before = this.matched - (index - payloadStart);
			if (before > 0 && this.state == State.PART) {
				emit(this.delimiterBytes.slice(0, before), 0);
			}
			this.matched = 0;
		}
		int payloadEnd = Math.max(payloadStart, end - this.matched);
		if (this.state == State.PART && payloadEnd > payloadStart) {
			emit(chunk.slice(payloadStart, payloadEnd - payloadStart), 0);
		}
		return end;
	}

	private void foundDelimiter(ByteBuf chunk, int payloadStart, int payloadEnd) {
		if (this.state == State.PART) {
			this.partOpen = true;
			if (payloadEnd > payloadStart) {
				this.held = chunk.slice(payloadStart, payloadEnd - payloadStart);
			}
		}
		this.matched = 0;
		this.state = State.TAIL;
		this.tailLength = 0;
		this.lastTailByte = 0;
	}

	/** What follows a delimiter: "--" closes, a line end opens the next part. */
	private int tail(ByteBuf chunk, int index) {
		int current = chunk.getByte(index);
		this.tailLength++;
		if (this.tailLength == 2 && this.lastTailByte == '-' && current == '-') {
			endPart(PayloadFlags.EOM | PayloadFlags.RELATED_END);
			this.state = State.EPILOGUE;
		}
		else if (this.lastTailByte == '\r' && current == '\n') {
			endPart(PayloadFlags.EOM);
			this.state = State.PART;
			this.partStarted = false;
		}
		else if (this.tailLength > MAX_PADDING) {
			throw new IllegalArgumentException("multipart delimiter without a line end");
		}
		this.lastTailByte = current;
		return index + 1;
	}

	private void endPart(int flags) {
		if (!this.partOpen) {
			return;
		}
		this.partOpen = false;
		ByteBuf last = (this.held != null) ? this.held : Unpooled.EMPTY_BUFFER;
		this.held = null;
		emit(last, flags);
	}

	private void emit(ByteBuf data, int flags) {
		int start = this.partStarted ? 0 : PayloadFlags.SOM;
		this.partStarted = true;
		this.parts.part(data, flags | start);
	}

	private enum State {

		PREAMBLE, PART, TAIL, EPILOGUE

	}

	/**
	 * Takes the parts of a body.
	 */
	public interface Parts {

		/**
		 * Takes a piece of a part.
		 * @param data the bytes, borrowed, possibly empty
		 * @param flags {@link PayloadFlags}: SOM and EOM around each part, RELATED_END at
		 * the end of the last one
		 */
		void part(ByteBuf data, int flags);

	}

}
