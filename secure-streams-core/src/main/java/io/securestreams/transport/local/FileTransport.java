package io.securestreams.transport.local;

import java.util.concurrent.Executor;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * Delivers a file as one message and then lets go of it. While the application looks at a
 * chunk, the next one is being read, so that at most two are in memory.
 */
final class FileTransport implements ClientTransport {

	private final ClientLink link;

	private final Executor threads;

	private @Nullable Attempt attempt;

	FileTransport(ClientLink link, Executor threads) {
		this.link = link;
		this.threads = threads;
	}

	/** The file, and then it is over. */
	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	/** Opens the file anew; what is not a file's address is a defect. */
	@Override
	public void connect() {
		Attempt next = new Attempt(((Address.File) this.link.target().address()).path());
		this.attempt = next;
		next.reading.open();
	}

	@Override
	public void pauseReading() {
		if (this.attempt != null) {
			this.attempt.paused = true;
		}
	}

	@Override
	public void resumeReading() {
		if (this.attempt != null) {
			this.attempt.resume();
		}
	}

	@Override
	public void close() {
		Attempt current = this.attempt;
		this.attempt = null;
		if (current != null) {
			current.drop();
		}
	}

	/** Without effect: files are only read. */
	@Override
	public void requestWrite() {
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		payload.release();
	}

	/**
	 * One reading of the file, from {@code connect} to its end.
	 */
	private final class Attempt implements FileReading.Listener {

		private final String path;

		private final FileReading reading;

		private boolean paused;

		private boolean started;

		/** Has been read while reading was paused. */
		private @Nullable ByteBuf held;

		private boolean heldLast;

		Attempt(String path) {
			this.path = path;
			this.reading = new FileReading(path, FileTransport.this.threads, FileTransport.this.link.executor(), this);
		}

		@Override
		public void opened() {
			FileTransport.this.link.connected(FileTransport.this.link.target().address().toString());
			if (isCurrent()) {
				this.reading.readNext();
			}
		}

		@Override
		public void read(ByteBuf chunk, boolean last) {
			if (this.paused) {
				this.held = chunk;
				this.heldLast = last;
			}
			else {
				deliver(chunk, last);
			}
		}

		@Override
		public void failed(String message, Exception cause) {
			FileTransport.this.attempt = null;
			FileTransport.this.link.closed(StreamFailure.unsent(this.started ? Phase.CONNECTION : Phase.CONNECT,
					message, "file://" + this.path, cause));
		}

		void resume() {
			this.paused = false;
			if (this.held != null) {
				// Not from inside the call that asked for it
				FileTransport.this.link.executor().execute(this::release);
			}
		}

		void drop() {
			this.reading.close();
			ByteBuf undelivered = this.held;
			this.held = null;
			if (undelivered != null) {
				undelivered.release();
			}
		}

		private void release() {
			ByteBuf chunk = this.held;
			if (chunk != null && !this.paused) {
				this.held = null;
				deliver(chunk, this.heldLast);
			}
		}

		private void deliver(ByteBuf chunk, boolean last) {
			int flags = (this.started ? 0 : PayloadFlags.SOM) | (last ? PayloadFlags.EOM : 0);
			this.started = true;
			if (!last) {
				this.reading.readNext();
			}
			try {
				FileTransport.this.link.received(chunk, flags);
			}
			finally {
				chunk.release();
			}
			if (last && isCurrent()) {
				FileTransport.this.attempt = null;
				FileTransport.this.link.completed();
			}
		}

		private boolean isCurrent() {
			return FileTransport.this.attempt == this;
		}

	}

}
