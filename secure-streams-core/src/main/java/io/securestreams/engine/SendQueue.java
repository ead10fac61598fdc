package io.securestreams.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.TxSlot;

/**
 * Messages of {@code SecureStream.send}, waiting for slots. Added from any thread, taken
 * on the event loop. Bounded by number and bytes.
 */
final class SendQueue {

	static final int MAX_MESSAGES = 1024;

	static final long MAX_BYTES = 1024 * 1024;

	private final AtomicInteger messages = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	private final ConcurrentLinkedQueue<Message> waiting = new ConcurrentLinkedQueue<>();

	/** How much of the first message has been written. */
	private int offset;

	/**
	 * Adds a message, from any thread.
	 * @param content the message, not copied
	 * @return completes with the number of its last slot when it has been written
	 * @throws StreamOverflowException if too much is waiting
	 */
	CompletableFuture<Long> add(byte[] content) {
		if (this.messages.incrementAndGet() > MAX_MESSAGES) {
			this.messages.decrementAndGet();
			throw new StreamOverflowException("send: " + MAX_MESSAGES + " messages are waiting already");
		}
		long total = this.bytes.addAndGet(content.length);
		// A message of any size is fine as long as it is alone
		if (total > MAX_BYTES && total != content.length) {
			this.bytes.addAndGet(-content.length);
			this.messages.decrementAndGet();
			throw new StreamOverflowException("send: " + (total - content.length) + " bytes are waiting already, "
					+ content.length + " more are too many (expected: at most " + MAX_BYTES + ")");
		}
		Message message = new Message(content);
		this.waiting.add(message);
		return message;
	}

	boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/** Whether the first message has been written in part. */
	boolean isMidMessage() {
		return this.offset > 0;
	}

	/** Length of the first message, -1 if there is none. */
	long nextLength() {
		Message next = this.waiting.peek();
		return (next != null) ? next.content.length : -1;
	}

	/**
	 * Writes as much of the first message as fits.
	 * @param slot where to
	 */
	void fill(TxSlot slot) {
		Message message = this.waiting.element();
		int length = Math.min(slot.capacity(), message.content.length - this.offset);
		slot.write(message.content, this.offset, length);
		this.offset += length;
		if (this.offset == message.content.length) {
			slot.end();
		}
	}

	/**
	 * Takes the first message out if {@link #fill} has written all of it.
	 * @return what to complete when the transport has it, or {@code null}
	 */
	@Nullable CompletableFuture<Long> takeWritten() {
		Message message = this.waiting.element();
		if (this.offset < message.content.length) {
			return null;
		}
		drop(message);
		return message;
	}

	/**
	 * The connection is gone in the middle of a message.
	 * @param repeatable whether the peer knows that what it has is not a whole message,
	 * so that it may be sent again
	 */
	void interrupted(boolean repeatable) {
		Message message = (this.offset > 0) ? this.waiting.peek() : null;
		if (message != null && !repeatable) {
			int sent = this.offset;
			drop(message);
			message.completeExceptionally(new SecureStreamsException(
					"the connection ended after " + sent + " of " + message.content.length + " bytes"));
		}
		this.offset = 0;
	}

	/** Fails everything that is waiting. */
	void close(String id) {
		this.offset = 0;
		@Nullable Message message = this.waiting.poll();
		while (message != null) {
			message.completeExceptionally(new StreamClosedException("stream " + id + " is gone"));
			message = this.waiting.poll();
		}
	}

	private void drop(Message message) {
		this.waiting.remove();
		this.offset = 0;
		this.bytes.addAndGet(-message.content.length);
		this.messages.decrementAndGet();
	}

	/**
	 * A message, and what its sender waits for: the number of the slot that ends it.
	 */
	private static final class Message extends CompletableFuture<Long> {

		private final byte[] content;

		Message(byte[] content) {
			this.content = content;
		}

	}

}
