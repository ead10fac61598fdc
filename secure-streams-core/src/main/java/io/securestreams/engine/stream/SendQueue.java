package io.securestreams.engine.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.TxSlot;

/**
 * Messages of {@code SecureStream.send}, waiting for slots, or kept until the transaction
 * that carries them has been answered. Added from any thread, taken on the event loop.
 * Bounded by number and bytes.
 */
final class SendQueue {

	static final int MAX_MESSAGES = 1024;

	static final long MAX_BYTES = 1024 * 1024;

	private final AtomicInteger messages = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	private final ConcurrentLinkedQueue<Message> waiting = new ConcurrentLinkedQueue<>();

	/** How many messages have left the queue; its only writer is the stream's loop. */
	private final AtomicLong gone = new AtomicLong();

	/** Messages up to this number were waiting when the application disconnected. */
	private final AtomicLong voided = new AtomicLong();

	/** How much of the first message has been written. */
	private int offset;

	/** Length of the message that is being sent, -1 if there is none. */
	private int length = -1;

	/** The end of the first message has been written. */
	private boolean ended;

	/** The number of the last slot of the first message. */
	private long ordinal;

	/** The first message belongs to the transaction that is under way. */
	private boolean claimed;

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

	/** Whether all of the first message has been written, and it is kept. */
	boolean isWritten() {
		Message message = this.claimed ? this.waiting.peek() : null;
		return message != null && this.ended;
	}

	/** The first message belongs to the transaction that starts, from its beginning. */
	void claim() {
		this.claimed = !this.waiting.isEmpty();
		rewind();
	}

	/** Length of the message that is being sent, -1 if there is none. */
	int length() {
		return this.length;
	}

	void length(int bytes) {
		this.length = bytes;
	}

	/** Length of the first message, -1 if there is none. */
	long nextLength() {
		Message next = this.waiting.peek();
		return (next != null) ? next.content.length : -1;
	}

	/**
	 * Writes as much of the first message as fits.
	 * @param slot where to
	 * @param number the slot's
	 */
	void fill(TxSlot slot, long number) {
		Message message = this.waiting.element();
		this.claimed = true;
		this.ordinal = number;
		int length = Math.min(slot.capacity(), message.content.length - this.offset);
		slot.write(message.content, this.offset, length);
		this.offset += length;
		if (this.offset == message.content.length) {
			this.ended = true;
			slot.end();
		}
	}

	/**
	 * Takes the first message out if {@link #fill} has written all of it.
	 * @return what to complete when the transport has it, or {@code null}
	 */
	@Nullable CompletableFuture<Long> takeWritten() {
		Message message = this.waiting.element();
		if (!this.ended) {
			return null;
		}
		drop(message);
		return message;
	}

	/**
	 * The transaction has been answered: its message is done with.
	 * @return {@code false} if not all of it had been written
	 */
	boolean settle() {
		Message message = this.claimed ? this.waiting.peek() : null;
		if (message == null) {
			return true;
		}
		boolean whole = this.ended;
		int sent = this.offset;
		drop(message);
		if (whole) {
			message.complete(this.ordinal);
		}
		else {
			message.completeExceptionally(new SendFailedException(
					"the peer has answered after " + sent + " of " + message.content.length + " bytes", null));
		}
		return whole;
	}

	/** Takes the message of the transaction that is under way, if it has one. */
	@Nullable CompletableFuture<Long> takeClaimed() {
		Message message = this.claimed ? this.waiting.peek() : null;
		if (message != null) {
			drop(message);
		}
		return message;
	}

	/** As {@link #takeClaimed}, of what was waiting at {@link #voidWaiting} only. */
	@Nullable CompletableFuture<Long> takeVoided() {
		return (this.gone.get() < this.voided.get()) ? takeClaimed() : null;
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
			message.completeExceptionally(new SendFailedException(
					"the connection ended after " + sent + " of " + message.content.length + " bytes", null));
		}
		rewind();
	}

	/** Takes everything that is waiting by now. */
	List<CompletableFuture<Long>> takeAll() {
		List<CompletableFuture<Long>> taken = new ArrayList<>();
		for (int left = this.messages.get(); left > 0; left--) {
			Message message = this.waiting.peek();
			if (message != null) {
				drop(message);
				taken.add(message);
			}
		}
		return taken;
	}

	/** What is waiting now is not to be sent any more, from any thread. */
	void voidWaiting() {
		long before;
		int left;
		do {
			before = this.gone.get();
			left = this.messages.get();
		}
		while (before != this.gone.get());
		this.voided.accumulateAndGet(before + left, Math::max);
	}

	/** Fails what was waiting at {@link #voidWaiting}. */
	void failVoided(String why) {
		while (this.gone.get() < this.voided.get()) {
			Message message = this.waiting.peek();
			if (message == null) {
				return;
			}
			drop(message);
			message.completeExceptionally(new SendFailedException(why, null));
		}
	}

	/** Fails everything that is waiting. */
	void close(String id) {
		rewind();
		@Nullable Message message = this.waiting.poll();
		while (message != null) {
			message.completeExceptionally(new StreamClosedException("stream " + id + " is gone"));
			message = this.waiting.poll();
		}
	}

	private void drop(Message message) {
		this.waiting.remove();
		this.claimed = false;
		rewind();
		this.bytes.addAndGet(-message.content.length);
		this.messages.decrementAndGet();
		this.gone.lazySet(this.gone.get() + 1);
	}

	private void rewind() {
		this.offset = 0;
		this.ended = false;
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
