package io.securestreams.stream.adapter;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.TxSlot;

/**
 * A whole message on its way out, slot by slot, in no more memory than a slot has.
 * Belongs to the callbacks of one stream: {@link #request} when there is something to
 * send, {@link #write} in {@code onWritable}, {@link #rewind} at {@code CONNECTING} where
 * an attempt may be repeated, {@link #close} at the end.
 */
public final class OutgoingMessage implements AutoCloseable {

	/** Slots may be larger. */
	private static final int MAX_PART = 64 * 1024;

	private final MessageSource source;

	private @Nullable InputStream content;

	private long position;

	private boolean sent;

	/**
	 * Makes a message.
	 * @param source where it comes from
	 */
	public OutgoingMessage(MessageSource source) {
		this.source = source;
	}

	/**
	 * Asks for the first slot, from the start of the message, and announces its length if
	 * that is known.
	 * @param stream the stream
	 */
	public void request(SecureStream stream) {
		rewind();
		if (this.source.length() >= 0) {
			stream.requestTx(this.source.length());
		}
		else {
			stream.requestTx();
		}
	}

	/**
	 * Writes as much as the slot takes, ends the message with its last part, and asks for
	 * another slot as long as there is more. Without effect when all of it has been
	 * written.
	 * @param stream the stream
	 * @param slot where to
	 * @throws UncheckedIOException if the message cannot be read, or is shorter than it
	 * should be
	 */
	public void write(SecureStream stream, TxSlot slot) {
		if (this.sent) {
			return;
		}
		try {
			fill(slot);
		}
		catch (IOException ex) {
			close();
			throw new UncheckedIOException(ex);
		}
		if (this.sent) {
			slot.end();
			close();
		}
		else if (!asksByItself(stream)) {
			stream.requestTx();
		}
	}

	/**
	 * Asking again could be taken for the next transaction, if this one is answered
	 * early.
	 */
	private static boolean asksByItself(SecureStream stream) {
		return switch (stream.role()) {
			case SOURCE, SINK -> false;
			default -> stream.isTransactional();
		};
	}

	private void fill(TxSlot slot) throws IOException {
		InputStream input = this.content;
		if (input == null) {
			input = this.source.open();
			this.content = input;
		}
		long length = this.source.length();
		int room = Math.min(slot.capacity(), MAX_PART);
		int wanted = (length >= 0) ? (int) Math.min(room, length - this.position) : room;
		ByteBuf buffer = slot.buffer();
		int written = 0;
		while (written < wanted) {
			int read = buffer.writeBytes(input, wanted - written);
			if (read < 0) {
				break;
			}
			written += read;
		}
		this.position += written;
		if (length >= 0 && written < wanted) {
			throw new EOFException("the message has " + this.position + " bytes (expected: " + length + ")");
		}
		this.sent = (length >= 0) ? this.position == length : written < wanted;
	}

	/**
	 * Whether all of it has been written.
	 * @return {@code true} after the last part
	 */
	public boolean isSent() {
		return this.sent;
	}

	/**
	 * Returns how much has been written.
	 * @return bytes
	 */
	public long position() {
		return this.position;
	}

	/**
	 * Starts again.
	 */
	public void rewind() {
		close();
		this.position = 0;
		this.sent = false;
	}

	/**
	 * Closes what has been opened.
	 */
	@Override
	public void close() {
		InputStream input = this.content;
		this.content = null;
		if (input != null) {
			try {
				input.close();
			}
			catch (IOException ex) {
				// It has been read as far as it is of use
			}
		}
	}

}
