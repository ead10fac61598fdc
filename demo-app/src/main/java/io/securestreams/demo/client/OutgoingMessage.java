package io.securestreams.demo.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import io.securestreams.stream.TxSlot;

/**
 * The message to send, given out slot by slot and from the start again for another
 * attempt. Confined to the stream's event loop.
 */
final class OutgoingMessage {

	/** Bytes of a slot that are filled at most; slots may be larger. */
	private static final int CHUNK = 64 * 1024;

	private final long length;

	private final Source source;

	private long position;

	private boolean sent;

	private OutgoingMessage(long length, Source source) {
		this.length = length;
		this.source = source;
	}

	static OutgoingMessage ofText(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return new OutgoingMessage(bytes.length,
				(buffer, position) -> buffer.put(bytes, (int) position, buffer.remaining()));
	}

	static OutgoingMessage ofFile(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new NoSuchFileException(file.toString());
		}
		FileChannel channel = FileChannel.open(file);
		return new OutgoingMessage(channel.size(), (buffer, position) -> {
			while (buffer.hasRemaining()) {
				int read = channel.read(buffer, position + buffer.position());
				if (read < 0) {
					throw new IOException(file + " has become shorter");
				}
			}
		});
	}

	/**
	 * Returns how long the whole message is.
	 * @return bytes
	 */
	long length() {
		return this.length;
	}

	/**
	 * Starts again.
	 */
	void rewind() {
		this.position = 0;
		this.sent = false;
	}

	/**
	 * Whether all of it has been given out.
	 * @return {@code true} after the last part
	 */
	boolean isSent() {
		return this.sent;
	}

	/**
	 * Writes the next part.
	 * @param slot what to write to
	 * @return whether there is more to come
	 */
	boolean writeTo(TxSlot slot) {
		int size = (int) Math.min(this.length - this.position, Math.min(slot.capacity(), CHUNK));
		if (size > 0) {
			ByteBuffer buffer = ByteBuffer.allocate(size);
			try {
				this.source.read(buffer, this.position);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			slot.write(buffer.flip());
			this.position += size;
		}
		if (this.position == this.length) {
			slot.end();
			this.sent = true;
		}
		return !this.sent;
	}

	/**
	 * Where the bytes are.
	 */
	@FunctionalInterface
	private interface Source {

		void read(ByteBuffer buffer, long position) throws IOException;

	}

}
