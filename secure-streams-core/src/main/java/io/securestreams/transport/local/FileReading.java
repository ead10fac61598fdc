package io.securestreams.transport.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * One file being read from its start to its end. What blocks is done on the threads for
 * files, one step at a time and only when asked; what comes of it is told on the stream's
 * executor. {@link #open()}, {@link #readNext()} and {@link #close()} are called there,
 * too.
 */
final class FileReading {

	/** Size of a chunk, and the most memory one reading takes. */
	static final int CHUNK = 64 * 1024;

	/** For files that do not know their size. */
	private static final int MIN_CHUNK = 4096;

	private final String path;

	private final Executor threads;

	private final StreamExecutor executor;

	private final Listener listener;

	/** Belongs to the step that is running, else to nobody. */
	private @Nullable FileChannel channel;

	/** A step is running; confined to the executor. */
	private boolean busy;

	private volatile boolean closed;

	FileReading(String path, Executor threads, StreamExecutor executor, Listener listener) {
		this.path = path;
		this.threads = threads;
		this.executor = executor;
		this.listener = listener;
	}

	/** Opens the file; ends in {@link Listener#opened} or {@link Listener#failed}. */
	void open() {
		step(this::openNow);
	}

	/** Reads a chunk; ends in {@link Listener#read} or {@link Listener#failed}. */
	void readNext() {
		step(this::readNow);
	}

	/** Ends the reading; nothing is told any more. */
	void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (!this.busy) {
			step(() -> {
			});
		}
	}

	private void step(Runnable step) {
		this.busy = true;
		try {
			this.threads.execute(() -> {
				try {
					step.run();
				}
				finally {
					if (this.closed) {
						closeChannel();
					}
				}
			});
		}
		catch (RejectedExecutionException ex) {
			closeChannel();
			if (!this.closed) {
				tell(() -> fail("the engine has been shut down", ex), null);
			}
		}
	}

	private void openNow() {
		if (this.closed) {
			return;
		}
		try {
			Path file = Path.of(this.path);
			// Opening a pipe or a device could last for ever, and so could reading it
			if (Files.exists(file) && !Files.isRegularFile(file)) {
				throw new FileSystemException(this.path, null, "not a regular file");
			}
			this.channel = FileChannel.open(file, StandardOpenOption.READ);
			tell(this.listener::opened, null);
		}
		catch (IOException | InvalidPathException | SecurityException ex) {
			tell(() -> fail(reason(ex), ex), null);
		}
	}

	private void readNow() {
		FileChannel open = this.channel;
		if (open == null || this.closed) {
			return;
		}
		ByteBuf chunk = Unpooled.EMPTY_BUFFER;
		try {
			// One more than is left, so that the end is seen with the last byte
			int size = (int) Math.min(CHUNK, Math.max(MIN_CHUNK, open.size() - open.position() + 1));
			chunk = this.executor.allocator().directBuffer(size, size);
			boolean end = false;
			while (!end && chunk.isWritable()) {
				end = chunk.writeBytes(open, chunk.writableBytes()) < 0;
			}
			boolean last = end;
			if (last) {
				closeChannel();
			}
			ByteBuf read = chunk;
			tell(() -> this.listener.read(read, last), read);
		}
		catch (IOException ex) {
			chunk.release();
			closeChannel();
			tell(() -> fail(reason(ex), ex), null);
		}
	}

	/**
	 * Tells the listener something on the stream's executor.
	 * @param report what to tell
	 * @param chunk what it takes over, released here if it is not told
	 */
	private void tell(Runnable report, @Nullable ByteBuf chunk) {
		try {
			this.executor.execute(() -> {
				this.busy = false;
				if (!this.closed) {
					report.run();
					return;
				}
				if (chunk != null) {
					chunk.release();
				}
				// Closed after the step had looked and before it was told
				step(() -> {
				});
			});
		}
		catch (RejectedExecutionException ex) {
			// The event loop is gone, and the stream with it
			this.closed = true;
			if (chunk != null) {
				chunk.release();
			}
		}
	}

	private void fail(String reason, Exception cause) {
		this.listener.failed("cannot read \"" + this.path + "\": " + reason, cause);
	}

	private void closeChannel() {
		FileChannel open = this.channel;
		this.channel = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (IOException ex) {
				// It was only read from
			}
		}
	}

	private static String reason(Exception ex) {
		if (ex instanceof NoSuchFileException) {
			return "no such file";
		}
		String reason = (ex instanceof FileSystemException system) ? system.getReason() : ex.getMessage();
		return (reason != null) ? reason : ex.getClass().getSimpleName();
	}

	/**
	 * Is told what becomes of a reading, on the stream's executor.
	 */
	interface Listener {

		/** The file is open. */
		void opened();

		/**
		 * A chunk has been read; the listener releases it.
		 * @param chunk the bytes; full unless it is the last, which may be empty
		 * @param last whether the file ends with it; the reading has ended then
		 */
		void read(ByteBuf chunk, boolean last);

		/**
		 * Opening or reading failed; the reading has ended.
		 * @param message what went wrong
		 * @param cause the exception behind it
		 */
		void failed(String message, Exception cause);

	}

}
