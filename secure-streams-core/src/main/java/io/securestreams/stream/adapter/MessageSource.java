package io.securestreams.stream.adapter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where a message comes from. It is opened for each attempt to send it, and read only as
 * fast as the peer takes it.
 */
@FunctionalInterface
public interface MessageSource {

	/** The length is not known. */
	long UNKNOWN = -1;

	/**
	 * Opens the message at its start.
	 * @return the content; whoever opens it closes it
	 * @throws IOException if that is not possible
	 */
	InputStream open() throws IOException;

	/**
	 * Returns how long the message is.
	 * @return bytes, or {@link #UNKNOWN}
	 */
	default long length() {
		return UNKNOWN;
	}

	/**
	 * Returns the content of a message that is in memory anyway.
	 * @return the bytes, not to be changed, or {@code null} for other messages
	 */
	default byte @Nullable [] bytes() {
		return null;
	}

	/**
	 * Makes a source of bytes.
	 * @param bytes the message, not copied
	 * @return the source
	 */
	static MessageSource of(byte[] bytes) {
		return new MessageSource() {

			@Override
			public InputStream open() {
				return new ByteArrayInputStream(bytes);
			}

			@Override
			public long length() {
				return bytes.length;
			}

			@Override
			public byte @Nullable [] bytes() {
				return bytes;
			}

			@Override
			public String toString() {
				return bytes.length + " bytes";
			}

		};
	}

	/**
	 * Makes a source of text.
	 * @param text the message, sent as UTF-8
	 * @return the source
	 */
	static MessageSource of(String text) {
		return of(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Makes a source of a file. Reading it may block, which handlers on an event loop
	 * take into account.
	 * @param file the file
	 * @return the source
	 * @throws IOException if there is no such file
	 */
	static MessageSource of(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new NoSuchFileException(file.toString());
		}
		return of(() -> Files.newInputStream(file), Files.size(file));
	}

	/**
	 * Makes a source of known length.
	 * @param content opens the content
	 * @param length bytes of it that are sent, no more and no less
	 * @return the source
	 */
	static MessageSource of(MessageSource content, long length) {
		if (length < 0) {
			throw new IllegalArgumentException("length: " + length + " (expected: 0 or more)");
		}
		return new MessageSource() {

			@Override
			public InputStream open() throws IOException {
				return content.open();
			}

			@Override
			public long length() {
				return length;
			}

			@Override
			public String toString() {
				return length + " bytes";
			}

		};
	}

}
