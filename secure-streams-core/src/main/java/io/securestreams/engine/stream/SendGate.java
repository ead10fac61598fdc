package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.stream.TransmitState.Body;
import io.securestreams.stream.SendFailedException;

/**
 * The messages of {@code send()}, and what becomes of them: when one is due, which
 * belongs to the transaction that is under way, and which fail. Most streams never have
 * any.
 */
public abstract sealed class SendGate permits TxGate {

	private static final VarHandle QUEUE;

	static {
		try {
			QUEUE = MethodHandles.lookup().findVarHandle(SendGate.class, "queue", SendQueue.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile @Nullable SendQueue queue;

	SendGate() {
	}

	/** From any thread. */
	final SendQueue queue() {
		SendQueue current = this.queue;
		if (current == null) {
			QUEUE.compareAndSet(this, null, new SendQueue());
			current = (SendQueue) QUEUE.getVolatile(this);
		}
		return current;
	}

	/**
	 * Whether something is waiting, or may have to go out again.
	 * @return {@code true} if there is
	 */
	public final boolean isSending() {
		SendQueue sends = this.queue;
		return sends != null && !sends.isEmpty();
	}

	/** What is sent after the answer is for the next transaction. */
	final boolean isDue(Body body, boolean afterAnswer) {
		SendQueue sends = this.queue;
		return sends != null && !sends.isEmpty() && body.takesQueued()
				&& !(keeps() && (afterAnswer || sends.isWritten()));
	}

	/** Length of the message that is being sent, or is next; -1 if there is none. */
	final long length(Body body) {
		SendQueue sends = this.queue;
		if (sends == null || sends.length() >= 0) {
			return (sends != null) ? sends.length() : -1;
		}
		return (body.takesQueued() && !sends.isEmpty()) ? sends.nextLength() : -1;
	}

	/** Whether a message is being sent whose length is known. */
	final boolean hasLength() {
		SendQueue sends = this.queue;
		return sends != null && sends.length() >= 0;
	}

	final void forgetLength() {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.length(-1);
		}
	}

	/**
	 * Writes as much as fits of the message that is due.
	 * @param slot where to
	 * @param number the slot's
	 * @return what to complete when the transport has all of it, if that is all it takes
	 */
	final @Nullable CompletableFuture<Long> fill(WriteSlot slot, long number) {
		SendQueue sends = queue();
		sends.length((int) sends.nextLength());
		sends.fill(slot, number);
		return keeps() ? null : sends.takeWritten();
	}

	/** An attempt starts, whose message starts again with the whole of it. */
	final void begin() {
		SendQueue sends = this.queue;
		if (keeps() && sends != null) {
			sends.claim();
		}
	}

	/**
	 * The message of this transaction has got where it was to go, or never will.
	 * @return {@code false} if the peer has answered before all of it had been written
	 */
	final boolean settleSend() {
		SendQueue sends = this.queue;
		return sends == null || !keeps() || sends.settle();
	}

	/** The connection is gone; what it has cut off may be repeatable, or fails. */
	final void interrupted(boolean repeatable) {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.interrupted(repeatable);
		}
	}

	/** Whether attempts are repeated, and what they carry is kept as long. */
	abstract boolean keeps();

	/** Takes the message of the transaction that is under way, if it has one. */
	final @Nullable CompletableFuture<Long> takeClaimed() {
		SendQueue sends = this.queue;
		return (sends != null) ? sends.takeClaimed() : null;
	}

	/**
	 * The application has disconnected: what the transaction carried is not going out
	 * again, unless it was given afterwards.
	 * @return what to fail, once the application knows, or {@code null}
	 */
	public final @Nullable CompletableFuture<Long> takeVoided() {
		SendQueue sends = this.queue;
		return (sends != null && keeps()) ? sends.takeVoided() : null;
	}

	/**
	 * A message has been written whole.
	 * @param done what its sender waits for
	 * @param number of its last slot
	 * @param dropped whether the connection had ended before
	 * @param transport where it has been written to
	 */
	static void written(CompletableFuture<Long> done, long number, boolean dropped, StreamTransport transport) {
		if (dropped) {
			done.completeExceptionally(
					new SendFailedException("the connection has ended, which the stream has still to be told", null));
		}
		else if (!transport.confirmsLater(done, number)) {
			done.complete(number);
		}
	}

	/**
	 * There is no other attempt: takes all there is.
	 * @return what to fail, once the application knows
	 */
	public final List<CompletableFuture<Long>> giveUp() {
		SendQueue sends = this.queue;
		return (sends != null) ? sends.takeAll() : List.of();
	}

	/** The application disconnects: what is waiting now fails, from any thread. */
	final void voidWaiting() {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.voidWaiting();
		}
	}

	/** The application has disconnected. */
	final void failVoided() {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.failVoided("disconnected by the application");
		}
	}

	void close(StreamName name) {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.close(name.id());
		}
	}

}
