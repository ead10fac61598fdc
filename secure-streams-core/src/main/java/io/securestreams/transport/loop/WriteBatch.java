package io.securestreams.transport.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one turn of the event loop writes to a connection: what is small in one
 * buffer, for copying a few bytes is cheaper than a place in the queue of writes and in
 * the system call. On the connection's event loop only.
 */
public abstract class WriteBatch {

	private static final int MIN_CAPACITY = 512;

	private static final int MAX_CAPACITY = 64 * 1024;

	private @Nullable ByteBuf batch;

	/** Capacity of the next buffer; follows what the turns need. */
	private int capacity = MIN_CAPACITY;

	private boolean written;

	/**
	 * Returns where buffers come from.
	 * @return the connection's allocator
	 */
	protected abstract ByteBufAllocator alloc();

	/**
	 * Writes to the connection, without a flush.
	 * @param bytes owned from now on
	 */
	protected abstract void write(ByteBuf bytes);

	/**
	 * Makes room.
	 * @param size bytes that are going to be written
	 * @return the buffer to write them to, stays owned by the batch
	 */
	protected final ByteBuf room(int size) {
		ByteBuf current = this.batch;
		if (current != null) {
			if (current.writableBytes() >= size) {
				return current;
			}
			this.capacity = Math.min(MAX_CAPACITY, this.capacity * 2);
			writeBatch();
		}
		int needed = Math.max(size, this.capacity);
		current = alloc().ioBuffer(needed, needed);
		this.batch = current;
		return current;
	}

	/**
	 * Returns how much has been collected and not been written.
	 * @return bytes
	 */
	public final int collected() {
		return (this.batch != null) ? this.batch.readableBytes() : 0;
	}

	/**
	 * Writes a buffer as it is, after what has been collected.
	 * @param bytes owned from now on
	 */
	protected final void pass(ByteBuf bytes) {
		writeBatch();
		this.written = true;
		write(bytes);
	}

	/**
	 * Writes what has been collected.
	 * @return whether there is something to flush
	 */
	protected final boolean finish() {
		ByteBuf last = this.batch;
		if (last != null && !this.written && last.readableBytes() < this.capacity / 4) {
			this.capacity = Math.max(MIN_CAPACITY, this.capacity / 2);
		}
		writeBatch();
		boolean flush = this.written;
		this.written = false;
		return flush;
	}

	/** Lets go of what has not been written. */
	public void release() {
		if (this.batch != null) {
			this.batch.release();
			this.batch = null;
		}
	}

	private void writeBatch() {
		ByteBuf bytes = this.batch;
		if (bytes != null) {
			this.batch = null;
			this.written = true;
			write(bytes);
		}
	}

}
