package io.securestreams.spring.template;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.Payload;

/**
 * Writes payload into a file that appears under its name only when it is complete. It
 * blocks, so it is used on an executor.
 */
final class FileSink implements PayloadSink<Path> {

	private static final Logger logger = LoggerFactory.getLogger(FileSink.class);

	private final Path target;

	private @Nullable Path part;

	private @Nullable FileChannel channel;

	FileSink(Path target) {
		this.target = target.toAbsolutePath();
	}

	@Override
	public void add(Payload payload) throws IOException {
		ByteBuffer bytes = payload.content().nioBuffer();
		FileChannel file = open();
		while (bytes.hasRemaining()) {
			file.write(bytes);
		}
	}

	private FileChannel open() throws IOException {
		FileChannel file = this.channel;
		if (file == null) {
			Path directory = this.target.getParent();
			// In the same directory, for only then can it be moved in one step
			Path temporary = Files.createTempFile(directory, "." + this.target.getFileName(), ".part");
			this.part = temporary;
			file = FileChannel.open(temporary, StandardOpenOption.WRITE);
			this.channel = file;
		}
		return file;
	}

	@Override
	public Path complete() throws IOException {
		FileChannel file = open();
		file.force(true);
		file.close();
		Path temporary = this.part;
		if (temporary == null) {
			throw new IOException("the file is gone");
		}
		try {
			Files.move(temporary, this.target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (AtomicMoveNotSupportedException ex) {
			Files.move(temporary, this.target, StandardCopyOption.REPLACE_EXISTING);
		}
		this.part = null;
		return this.target;
	}

	@Override
	public void discard() {
		try {
			if (this.channel != null) {
				this.channel.close();
			}
			if (this.part != null) {
				Files.deleteIfExists(this.part);
				this.part = null;
			}
		}
		catch (IOException ex) {
			logger.warn("{} is left behind: {}", this.part, ex.toString());
		}
	}

}
