package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;

/**
 * Takes the framing off a received body (RFC 9112 sections 6 and 7). Content is passed on
 * as it arrives, in slices of what was read.
 */
public final class BodyDecoder {

	/** Bytes of one chunk size line, with extensions, without CRLF. */
	private static final int MAX_CHUNK_LINE = 256;

	/** Some send every byte as a chunk with an extension. */
	private static final int EXTENSIONS_PER_BYTE = 16;

	private static final int MAX_SIZE_DIGITS = 15;

	private final int maxTrailer;

	private final int maxExtensions;

	private State state = State.DONE;

	private long remaining;

	private int digits;

	private int lineLength;

	private long extensions;

	/** Content so far, which gives a right to more extensions. */
	private long content;

	private int trailer;

	/**
	 * Makes a decoder.
	 * @param maxTrailer longest trailer, bytes
	 * @param maxExtensions most bytes of all chunk extensions of one body, beyond what is
	 * in proportion to its content
	 */
	public BodyDecoder(int maxTrailer, int maxExtensions) {
		this.maxTrailer = maxTrailer;
		this.maxExtensions = maxExtensions;
	}

	private enum State {

		DONE, LENGTH, UNTIL_CLOSE, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_CR, CHUNK_LF,
		TRAILER_START, TRAILER_LINE, TRAILER_LF, LAST_LF

	}

	/**
	 * Takes what is decoded.
	 */
	public interface Content {

		/**
		 * Takes a piece of content.
		 * @param piece borrowed
		 * @return whether to go on; {@code false} keeps the rest where it is
		 */
		boolean content(ByteBuf piece);

	}

	public void startEmpty() {
		this.state = State.DONE;
	}

	/**
	 * Starts a body of a known length.
	 * @param length bytes
	 */
	public void startLength(long length) {
		this.remaining = length;
		this.state = (length == 0) ? State.DONE : State.LENGTH;
	}

	/** Starts a body that ends with the connection. */
	public void startUntilClose() {
		this.state = State.UNTIL_CLOSE;
	}

	/** Starts a body in chunks. */
	public void startChunked() {
		this.state = State.CHUNK_SIZE;
		this.extensions = 0;
		this.content = 0;
		this.trailer = 0;
		startChunk();
	}

	private void startChunk() {
		this.remaining = 0;
		this.digits = 0;
		this.lineLength = 0;
	}

	/**
	 * Whether all of the body has been decoded.
	 * @return {@code true} at its end
	 */
	public boolean isDone() {
		return this.state == State.DONE;
	}

	/** What is left of a body of known length; else 0. */
	public long announced() {
		return (this.state == State.LENGTH) ? this.remaining : 0;
	}

	public boolean endsAtClose() {
		return this.state == State.UNTIL_CLOSE;
	}

	/**
	 * Decodes what is there, until the taker has had enough.
	 * @param in what has arrived
	 * @param out takes the content
	 * @throws MalformedMessageException if it is not framed as it must be
	 */
	public void decode(ByteBuf in, Content out) throws MalformedMessageException {
		while (in.isReadable() && this.state != State.DONE) {
			switch (this.state) {
				case LENGTH, CHUNK_DATA, UNTIL_CLOSE -> {
					if (!content(in, out)) {
						return;
					}
				}
				default -> framing(in.readByte());
			}
		}
	}

	private boolean content(ByteBuf in, Content out) {
		int size = in.readableBytes();
		if (this.state != State.UNTIL_CLOSE) {
			size = (int) Math.min(size, this.remaining);
			this.remaining -= size;
			if (this.remaining == 0) {
				this.state = (this.state == State.LENGTH) ? State.DONE : State.CHUNK_CR;
			}
		}
		this.content += size;
		return out.content(in.readSlice(size));
	}

	private void framing(byte octet) throws MalformedMessageException {
		switch (this.state) {
			case CHUNK_SIZE -> chunkSize(octet);
			case CHUNK_EXTENSION -> chunkExtension(octet);
			case CHUNK_SIZE_LF -> {
				expect(octet, '\n');
				this.state = (this.remaining == 0) ? State.TRAILER_START : State.CHUNK_DATA;
			}
			case CHUNK_CR -> {
				expect(octet, '\r');
				this.state = State.CHUNK_LF;
			}
			case CHUNK_LF -> {
				expect(octet, '\n');
				this.state = State.CHUNK_SIZE;
				startChunk();
			}
			case TRAILER_START -> {
				this.state = (octet == '\r') ? State.LAST_LF : State.TRAILER_LINE;
				if (octet != '\r') {
					trailer(octet);
				}
			}
			case TRAILER_LINE -> trailer(octet);
			case TRAILER_LF -> {
				expect(octet, '\n');
				this.state = State.TRAILER_START;
			}
			case LAST_LF -> {
				expect(octet, '\n');
				this.state = State.DONE;
			}
			default -> throw new IllegalStateException(this.state.toString());
		}
	}

	private void chunkSize(byte octet) throws MalformedMessageException {
		int digit = Character.digit((char) (octet & 0xff), 16);
		if (digit >= 0) {
			if (++this.digits > MAX_SIZE_DIGITS) {
				throw MalformedMessageException.badRequest("chunk size of more than " + MAX_SIZE_DIGITS + " digits");
			}
			this.remaining = (this.remaining << 4) | digit;
			return;
		}
		if (this.digits == 0) {
			throw MalformedMessageException.badRequest("chunk without a size");
		}
		if (octet == '\r') {
			this.state = State.CHUNK_SIZE_LF;
		}
		else if (octet == ';' || octet == ' ' || octet == '\t') {
			this.state = State.CHUNK_EXTENSION;
			this.lineLength = (octet == ';') ? 1 : 0;
			this.extensions++;
		}
		else {
			throw MalformedMessageException.badRequest("chunk size that is not a number");
		}
	}

	/** Extensions mean nothing to us; blanks may stand before the semicolon only. */
	private void chunkExtension(byte octet) throws MalformedMessageException {
		if (octet == '\r' && this.lineLength > 0) {
			this.state = State.CHUNK_SIZE_LF;
			return;
		}
		boolean blank = octet == ' ' || octet == '\t';
		if (this.lineLength == 0 && !blank && octet != ';') {
			throw MalformedMessageException.badRequest("chunk size that is not a number");
		}
		if (this.lineLength > 0 || !blank) {
			this.lineLength++;
		}
		this.extensions++;
		if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f) {
			throw MalformedMessageException.badRequest("control character in a chunk extension");
		}
		if (this.lineLength > MAX_CHUNK_LINE
				|| this.extensions > this.maxExtensions + this.content * EXTENSIONS_PER_BYTE) {
			throw MalformedMessageException.badRequest("chunk extensions are too long");
		}
	}

	/** Trailer fields are read over. */
	private void trailer(byte octet) throws MalformedMessageException {
		if (octet == '\r') {
			this.state = State.TRAILER_LF;
			return;
		}
		if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f) {
			throw MalformedMessageException.badRequest("control character in a trailer field");
		}
		if (++this.trailer > this.maxTrailer) {
			throw new MalformedMessageException(431, "trailer of more than " + this.maxTrailer + " bytes");
		}
	}

	private static void expect(byte octet, char expected) throws MalformedMessageException {
		if (octet != expected) {
			throw MalformedMessageException.badRequest("chunk that does not end with CRLF");
		}
	}

}
