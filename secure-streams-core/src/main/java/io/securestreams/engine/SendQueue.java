package io.securestreams.engine;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.TxSlot;

/**
 * Messages of {@code SecureStream.send}, waiting for slots. Counted from any thread, kept
 * on the event loop. A message that was cut off by the loss of its connection starts
 * again from its first byte.
 */
final class SendQueue {

	static final int MAX_MESSAGES = 1024;

	static final long MAX_BYTES = 1024 * 1024;

	private final AtomicInteger messages = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	private final ArrayDeque<Message> waiting = new ArrayDeque<>();

	private int offset;

	/**
	 * Takes a place for a message, from any thread.
	 * @return the message, to be added on the event loop
	 * @throws StreamOverflowException if too much is waiting
	 */
	Message reserve(byte[] content) {
		if (this.messages.incrementAndGet() > MAX_MESSAGES) {
			this.messages.decrementAndGet();
			throw new StreamOverflowException("send: " + MAX_MESSAGES + " messages are waiting already");
		}
		long total = this.bytes.addAndGet(content.length);
		if (total > MAX_BYTES && total != content.length) {
			this.bytes.addAndGet(-content.length);
			this.messages.decrementAndGet();
			throw new StreamOverflowException(
					"send: " + (total - content.length) + " bytes are waiting already (limit: " + MAX_BYTES + ")");
		}
		return new Message(content);
	}

	void add(Message message) {
		this.waiting.add(message);
	}

	boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/** Length of the message that goes next, -1 if there is none. */
	long nextLength() {
		Message next = this.waiting.peek();
		return (next != null) ? next.content.length : -1;
	}

	/**
	 * Writes as much of the next message as fits.
	 * @return the message if it is complete with this
	 */
	@Nullable Message fill(TxSlot slot) {
		Message message = this.waiting.element();
		int length = Math.min(slot.capacity(), message.content.length - this.offset);
		if (this.offset == 0) {
			slot.start();
		}
		slot.write(message.content, this.offset, length);
		this.offset += length;
		if (this.offset < message.content.length) {
			return null;
		}
		slot.end();
		this.offset = 0;
		this.waiting.remove();
		release(message);
		return message;
	}

	/** The connection is gone: a message in the middle starts over. */
	void rewind() {
		this.offset = 0;
	}

	void close(String id) {
		this.offset = 0;
		Message message = this.waiting.poll();
		while (message != null) {
			refuse(message, id);
			message = this.waiting.poll();
		}
	}

	void refuse(Message message, String id) {
		release(message);
		message.done.completeExceptionally(new StreamClosedException("stream " + id + " is gone"));
	}

	private void release(Message message) {
		this.bytes.addAndGet(-message.content.length);
		this.messages.decrementAndGet();
	}

	static final class Message {

		private final byte[] content;

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		Message(byte[] content) {
			this.content = content;
		}

		CompletionStage<Void> stage() {
			return this.done.minimalCompletionStage();
		}

		void complete() {
			this.done.complete(null);
		}

	}

}
