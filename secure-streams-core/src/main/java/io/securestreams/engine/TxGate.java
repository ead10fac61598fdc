package io.securestreams.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.StreamPolicy;

/**
 * Everything about transmitting: who wants to send, the slots and their numbers, where a
 * message or an HTTP body stands.
 */
final class TxGate {

	private static final VarHandle QUEUE;

	static {
		try {
			QUEUE = MethodHandles.lookup().findVarHandle(TxGate.class, "queue", SendQueue.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final String streamType;

	private final Announcer announcer;

	private final Requests requests;

	private final StreamCounters counters;

	private final WriteSlot slot;

	/** What the handler has taken with it, until all of it has been sent. */
	private @Nullable ReservedSlot reserved;

	private volatile @Nullable SendQueue queue;

	/** Unsigned. */
	private int ordinal;

	/** One message each way and done (HTTP). */
	private boolean transactional;

	/** No messages at all (raw). */
	private boolean plain;

	/** The body of one transaction is made of several messages. */
	private boolean rideshare;

	/** The handler has asked for a slot. */
	private boolean wanted;

	/** The application has asked to send in this transaction. */
	private boolean asked;

	/** The application has asked after the answer was in: that is for the next one. */
	private boolean again;

	private boolean answered;

	/** The request of this transaction has no body any more. */
	private boolean bodyless;

	/** The body of this transaction is complete. */
	private boolean sealed;

	/** The handler is in the middle of a message. */
	private boolean open;

	/** The last slot was not the end, and the protocol needs the rest. */
	private boolean more;

	private long length = -1;

	/** Length of the message of the queue that is being sent. */
	private long queuedLength = -1;

	TxGate(String streamType, Announcer announcer, SerialContext context, StreamCounters counters) {
		this.streamType = streamType;
		this.announcer = announcer;
		this.requests = context.requests();
		this.counters = counters;
		this.slot = new WriteSlot(context);
	}

	/** The body of one transaction may be made of several messages. */
	void bind(StreamPolicy policy) {
		this.rideshare = !policy.features().rideshare().isEmpty();
	}

	/** There is a transport. */
	void kind(TransportKind kind) {
		this.transactional = kind == TransportKind.TRANSACTIONS;
		this.plain = kind == TransportKind.BYTES;
	}

	/** From any thread. */
	SendQueue queue() {
		SendQueue current = this.queue;
		if (current == null) {
			QUEUE.compareAndSet(this, null, new SendQueue());
			current = (SendQueue) QUEUE.getVolatile(this);
		}
		return current;
	}

	/**
	 * Takes what the application has asked for.
	 * @param bits see {@link Requests}
	 */
	void request(int bits) {
		ReservedSlot taken = this.reserved;
		if (taken != null && taken.isSubmitted() && !taken.isUsed()) {
			dropReserved();
		}
		if ((bits & Requests.LENGTH) != 0) {
			length(this.requests.length());
		}
		if ((bits & Requests.TX) != 0) {
			request();
		}
	}

	void request() {
		this.wanted = true;
		this.asked = true;
		this.again = this.answered || this.bodyless;
	}

	/** The request has left, without anything to send. */
	void bodyless() {
		this.bodyless = true;
	}

	void length(long total) {
		this.length = total;
	}

	boolean isTransactional() {
		return this.transactional;
	}

	boolean isRequested() {
		return this.asked || isSending();
	}

	long length() {
		if (this.queuedLength >= 0) {
			return this.queuedLength;
		}
		SendQueue sends = this.queue;
		return (sends != null && !this.open && !sends.isEmpty()) ? sends.nextLength() : this.length;
	}

	/** Whether something of {@code send()} is waiting. */
	boolean isSending() {
		SendQueue sends = this.queue;
		return sends != null && !sends.isEmpty();
	}

	/** Asks the transport for a slot if anybody wants one. */
	void arm(StreamTransport transport) {
		ReservedSlot taken = this.reserved;
		boolean due = (taken != null) ? taken.isSubmitted() : this.wanted || this.more;
		if ((due || (isSending() && !this.open)) && !isOver()) {
			transport.requestWrite();
		}
	}

	private boolean isOver() {
		return this.sealed && this.transactional && !this.rideshare;
	}

	/**
	 * The transport can take payload.
	 * @param capacity most bytes it can take
	 * @param binding gives the transport, as long as it is connected
	 */
	void writable(int capacity, Binding binding) {
		StreamTransport transport = binding.active();
		if (transport == null || isOver()) {
			return;
		}
		SendQueue sends = this.queue;
		boolean sending = sends != null && !this.open && !sends.isEmpty();
		ReservedSlot taken = this.reserved;
		if (taken != null && !sending) {
			if (taken.isSubmitted()) {
				writeReserved(transport, capacity, taken);
			}
			return;
		}
		this.more = false;
		int number = this.ordinal++;
		String part = transport.rideshare();
		this.slot.open(Integer.toUnsignedLong(number), capacity, (part != null) ? part : this.streamType);
		if (sends != null && sending) {
			boolean first = !sends.isMidMessage();
			this.queuedLength = sends.nextLength();
			sends.fill(this.slot);
			CompletableFuture<Long> done = sends.takeWritten();
			write(transport, number, first);
			if (done != null) {
				done.complete(Integer.toUnsignedLong(number));
			}
			return;
		}
		this.wanted = false;
		this.again = false;
		this.announcer.writable(this.slot);
		// Streams that share a connection may have ended it meanwhile
		boolean gone = binding.active() == null;
		taken = this.slot.takeReserved();
		if (taken != null) {
			this.reserved = taken;
			if (gone) {
				dropReserved();
			}
			return;
		}
		if (!this.slot.isUsed() || gone || this.requests.has(Requests.FAULT)) {
			this.slot.clear();
			return;
		}
		// Where there are no messages only send() marks them, which tells an empty one
		// from the end
		boolean first = !this.open && !this.plain;
		this.open = !this.plain && !this.slot.isEnd();
		write(transport, number, first);
	}

	/** There may be less room now than there was when the slot was given out. */
	private void writeReserved(StreamTransport transport, int capacity, ReservedSlot taken) {
		boolean whole = taken.length() <= capacity;
		boolean first = !this.open && !this.plain;
		boolean end = whole && taken.isEnd();
		ByteBuf payload = whole ? taken.take() : taken.take(capacity);
		if (whole) {
			this.reserved = null;
		}
		this.open = !this.plain && !end;
		write(transport, (int) taken.ordinal(), first, end, payload);
	}

	private void write(StreamTransport transport, int number, boolean first) {
		boolean end = this.slot.isEnd();
		write(transport, number, first, end, this.slot.take());
	}

	/** What the transport reports meanwhile finds everything as if it were done. */
	private void write(StreamTransport transport, int number, boolean first, boolean end, ByteBuf payload) {
		this.more = this.transactional && !end;
		this.sealed |= end;
		this.counters.add(StreamCounters.SENT_BYTES, payload.readableBytes());
		if (end) {
			this.counters.add(StreamCounters.SENT_MESSAGES, 1);
		}
		transport.write(payload, (first ? PayloadFlags.SOM : 0) | (end ? PayloadFlags.EOM : 0),
				Integer.toUnsignedLong(number));
		if (end && !this.transactional) {
			if (this.queuedLength < 0) {
				this.length = -1;
			}
			this.queuedLength = -1;
		}
	}

	/** What was taken for something that has ended is not sent. */
	private void dropReserved() {
		ReservedSlot taken = this.reserved;
		if (taken != null) {
			this.reserved = null;
			taken.cancel();
		}
	}

	/**
	 * An attempt starts. A body that an earlier one did not get across is wanted again.
	 */
	void begin(TransportKind kind) {
		kind(kind);
		this.wanted |= this.asked && this.transactional;
		this.again = false;
		this.answered = false;
		resetTransaction();
	}

	/** The peer has answered. */
	void answered() {
		this.answered = true;
		if (this.transactional && !this.again) {
			this.length = -1;
		}
	}

	boolean isAnswered() {
		return this.answered;
	}

	/** Whether what is asked for now is for the next transaction. */
	boolean isOverAfterAnswer() {
		return this.answered && this.transactional;
	}

	/**
	 * The transaction is complete.
	 * @return whether another one is wanted
	 */
	boolean completed() {
		boolean next = this.again && this.transactional;
		this.wanted = next;
		this.asked = next;
		if (!next) {
			this.length = -1;
		}
		this.answered = false;
		resetTransaction();
		return next || isSending();
	}

	void connectionLost() {
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.interrupted(!this.plain);
		}
		this.answered = false;
		resetTransaction();
	}

	/** The application has disconnected: what it asked for before is void. */
	void forget() {
		this.wanted = false;
		this.asked = false;
		this.length = -1;
	}

	void close(String id) {
		dropReserved();
		SendQueue sends = this.queue;
		if (sends != null) {
			sends.close(id);
		}
	}

	private void resetTransaction() {
		dropReserved();
		this.bodyless = false;
		this.sealed = false;
		this.open = false;
		this.more = false;
		this.queuedLength = -1;
	}

}
