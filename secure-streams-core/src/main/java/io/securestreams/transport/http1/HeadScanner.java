package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a message head in bytes that arrive piece by piece, without looking at
 * any byte twice.
 */
public final class HeadScanner {

	private final int maxStartLine;

	private final int maxHead;

	/** Offsets from the start of the head. */
	private int scanned;

	private int lineStart;

	/**
	 * Makes a scanner.
	 * @param maxStartLine longest start line, bytes
	 * @param maxHead longest head, bytes
	 */
	public HeadScanner(int maxStartLine, int maxHead) {
		this.maxStartLine = maxStartLine;
		this.maxHead = maxHead;
	}

	/** Starts over with the next head. */
	public void reset() {
		this.scanned = 0;
		this.lineStart = 0;
	}

	/**
	 * Looks for the empty line.
	 * @param in what has arrived, from the start of the head
	 * @return size of the head with the empty line, or -1 if there is more to come
	 * @throws MalformedMessageException if a line does not end with CRLF or is too long
	 */
	public int find(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		int end = in.writerIndex();
		while (true) {
			int lf = in.indexOf(start + this.scanned, end, (byte) '\n');
			if (lf < 0) {
				this.scanned = end - start;
				checkSize(this.scanned + 1);
				return -1;
			}
			int next = lf + 1 - start;
			boolean empty = next - this.lineStart <= 2;
			checkSize(next);
			if (empty && (next - this.lineStart != 2 || in.getByte(lf - 1) != '\r')) {
				throw MalformedMessageException.badRequest("line that does not end with CRLF");
			}
			this.scanned = next;
			this.lineStart = next;
			if (empty) {
				return next;
			}
		}
	}

	private void checkSize(int size) throws MalformedMessageException {
		if (this.lineStart == 0 && size > this.maxStartLine) {
			throw new MalformedMessageException(414, "start line of more than " + this.maxStartLine + " bytes");
		}
		if (size > this.maxHead) {
			throw new MalformedMessageException(431, "head of more than " + this.maxHead + " bytes");
		}
	}

}
