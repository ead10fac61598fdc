package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.engine.stream.TransmitState.Body;
import io.securestreams.engine.stream.TransmitState.Demand;
import io.securestreams.engine.stream.TransmitState.Exchange;
import io.securestreams.policy.StreamPolicy;

/**
 * Everything about transmitting: the slots and their numbers, and whose they are. Where
 * it all stands is in {@link TransmitState}, and the messages of {@code send()} are in
 * {@link SendGate}.
 */
public final class TxGate extends SendGate {

	private static final VarHandle STATE;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(TxGate.class, "state", TransmitState.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final StreamCore core;

	/** With the first that is offered. */
	private @Nullable WriteSlot slot;

	/** What the handler has taken with it, until all of it has been sent. */
	private @Nullable ReservedSlot reserved;

	/** Read by any thread. */
	private TransmitState state = TransmitState.NEW;

	/** Unsigned. */
	private int ordinal;

	private long length = -1;

	TxGate(StreamCore core) {
		this.core = core;
	}

	private void become(TransmitState next) {
		if (next != this.state) {
			STATE.setRelease(this, next);
		}
	}

	private WriteSlot slot() {
		WriteSlot known = this.slot;
		if (known == null) {
			known = new WriteSlot(this.core);
			this.slot = known;
		}
		return known;
	}

	/**
	 * Takes a policy: the body of one transaction may be made of several messages.
	 * @param policy the streamtype's
	 */
	public void bind(StreamPolicy policy) {
		become(this.state.rideshare(!policy.features().rideshare().isEmpty()));
	}

	/**
	 * There is a transport, and there will be no other one.
	 * @param kind what it carries
	 */
	public void kind(TransportKind kind) {
		become(this.state.kind(kind));
		begin();
	}

	/**
	 * Returns the messages of {@code send()}.
	 * @return the gate
	 */
	public SendGate sends() {
		return this;
	}

	/**
	 * Takes what the application has asked for.
	 * @param bits see {@link Requests}
	 */
	public void request(int bits) {
		ReservedSlot taken = this.reserved;
		if (taken != null && taken.isSubmitted() && !taken.isUsed()) {
			this.reserved = null;
			taken.clear();
		}
		if ((bits & Requests.LENGTH) != 0) {
			this.length = this.core.length();
		}
		if ((bits & Requests.TX) != 0) {
			become(this.state.requested());
		}
	}

	/**
	 * The request has left, without anything to send.
	 */
	public void bodyless() {
		become(this.state.bodyless());
	}

	/**
	 * The request takes its body after all, although it is being answered.
	 */
	public void takesBody() {
		become(this.state.takesBody());
	}

	/**
	 * Whether the connection serves one transaction and is done. From any thread.
	 * @return {@code true} of a transport of {@link TransportKind#TRANSACTIONS}
	 */
	public boolean isTransactional() {
		return ((TransmitState) STATE.getAcquire(this)).isTransactional();
	}

	@Override
	boolean keeps() {
		return this.state.isTransactional();
	}

	/**
	 * Whether the application has asked to send in this transaction.
	 * @return {@code true} if it has
	 */
	public boolean isRequested() {
		return this.state.demand() != Demand.NONE || isSending();
	}

	/**
	 * Whether something waits for a connection: a slot that has been asked for and has
	 * not been offered, or something of {@code send()}.
	 * @return {@code true} if there is
	 */
	public boolean isWaiting() {
		return this.state.demand().isDue() || isSending();
	}

	/**
	 * Returns the length of the message that is being sent, or the next one.
	 * @return bytes, or -1 if nobody has said
	 */
	public long length() {
		long queued = length(this.state.body());
		return (queued >= 0) ? queued : this.length;
	}

	/** Asks the transport for a slot if anybody wants one. */
	void arm(StreamTransport transport) {
		ReservedSlot taken = this.reserved;
		Body body = this.state.body();
		boolean due = (taken != null) ? taken.isSubmitted() : this.state.demand().isDue() || body == Body.MORE;
		if (body != Body.SEALED && (due || isQueueDue())) {
			transport.requestWrite();
		}
	}

	private boolean isQueueDue() {
		return isDue(this.state.body(), isOverAfterAnswer());
	}

	/**
	 * The transport can take payload.
	 * @param capacity most bytes it can take
	 * @param fulfilment gives the transport, as long as it is connected
	 */
	void writable(int capacity, Fulfilment fulfilment) {
		StreamTransport transport = fulfilment.transport();
		if (transport == null || this.state.body() == Body.SEALED) {
			return;
		}
		boolean sending = isQueueDue();
		ReservedSlot taken = this.reserved;
		if (taken != null && !sending) {
			if (taken.isSubmitted() && !this.core.collectInterrupt()) {
				writeReserved(transport, capacity, taken);
			}
			return;
		}
		// What another thread has given after it asked for the end is not for this one
		if (sending && this.core.collectInterrupt()) {
			return;
		}
		int number = this.ordinal++;
		String part = transport.rideshare();
		WriteSlot offered = slot();
		offered.open(Integer.toUnsignedLong(number), capacity, (part != null) ? part : this.core.name().streamType());
		if (sending) {
			writeQueued(transport, number, offered);
			return;
		}
		become(this.state.offered());
		this.core.announcer().writable(offered);
		// Streams that share a connection may have ended it meanwhile
		boolean gone = fulfilment.transport() == null;
		taken = offered.takeReserved();
		if (taken != null) {
			this.reserved = taken;
			if (gone) {
				dropReserved();
			}
			return;
		}
		if (!offered.isUsed() || gone || this.core.has(Requests.FAULT)) {
			offered.clear();
			return;
		}
		write(transport, number, false, offered.isEnd(), offered.take());
	}

	/** There may be less room now than there was when the slot was given out. */
	private void writeReserved(StreamTransport transport, int capacity, ReservedSlot taken) {
		boolean whole = taken.length() <= capacity;
		boolean end = whole && taken.isEnd();
		ByteBuf payload = whole ? taken.take() : taken.take(capacity);
		if (whole) {
			this.reserved = null;
		}
		write(transport, (int) taken.ordinal(), false, end, payload);
	}

	private void writeQueued(StreamTransport transport, int number, WriteSlot to) {
		CompletableFuture<Long> done = fill(to, Integer.toUnsignedLong(number));
		boolean dropped = transport.isDropping();
		write(transport, number, true, to.isEnd(), to.take());
		if (done != null) {
			written(done, Integer.toUnsignedLong(number), dropped, transport);
		}
	}

	/** What the transport reports meanwhile finds everything as if it were done. */
	private void write(StreamTransport transport, int number, boolean queued, boolean end, ByteBuf payload) {
		// Where there are no messages only send() marks them, which tells an empty one
		// from the end
		boolean first = this.state.body() == Body.EMPTY && (queued || !this.state.isPlain());
		become(this.state.written(queued, end));
		this.core.counters().add(StreamCounters.SENT_BYTES, payload.readableBytes());
		if (end) {
			this.core.counters().add(StreamCounters.SENT_MESSAGES, 1);
		}
		transport.write(payload, (first ? PayloadFlags.SOM : 0) | (end ? PayloadFlags.EOM : 0),
				Integer.toUnsignedLong(number));
		if (end && !isTransactional()) {
			if (!hasLength()) {
				this.length = -1;
			}
			forgetLength();
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
	 * An attempt starts, and there may be others. What an earlier one did not get across
	 * is wanted again; a message of {@code send()} starts again with the whole of it.
	 * @param kind what its transport carries
	 */
	public void begin(TransportKind kind) {
		become(this.state.kind(kind));
		become(this.state.begun());
		release();
		begin();
	}

	/**
	 * The peer has answered; what this transaction has brought it is done with.
	 */
	public void answered() {
		become(this.state.answered());
		if (isTransactional() && this.state.demand() != Demand.NEXT) {
			this.length = -1;
		}
		settle();
	}

	/**
	 * Server: the answer has left, and with it what was sent for it.
	 */
	public void answerSent() {
		settle();
	}

	/** The message of this transaction has got where it was to go, or never will. */
	private void settle() {
		if (!settleSend()) {
			become(this.state.cutOff());
		}
	}

	/**
	 * Whether the peer has answered.
	 * @return {@code true} until the transaction is complete, or another starts
	 */
	public boolean isAnswered() {
		return this.state.exchange() == Exchange.ANSWERED;
	}

	/**
	 * Whether what is asked for now is for the next transaction.
	 * @return {@code true} after the answer
	 */
	public boolean isOverAfterAnswer() {
		return isAnswered() && isTransactional();
	}

	/**
	 * The transaction is complete.
	 * @return whether another one is wanted
	 */
	public boolean completed() {
		settle();
		become(this.state.completed());
		boolean next = this.state.demand() != Demand.NONE;
		if (!next) {
			this.length = -1;
		}
		release();
		return next || isSending();
	}

	/**
	 * The connection is gone.
	 */
	public void connectionLost() {
		connectionLost(!this.state.isPlain());
	}

	/**
	 * The connection is gone.
	 * @param repeatable whether a message of {@code send()} it has cut off may be sent
	 * again as a whole; else it fails
	 */
	public void connectionLost(boolean repeatable) {
		interrupted(repeatable);
		become(this.state.reset());
		release();
	}

	/**
	 * What the transaction carried must not go out again, or is not going to.
	 * @return what to fail, once the application knows, or {@code null}
	 */
	public @Nullable CompletableFuture<Long> abandon() {
		if (!keeps()) {
			return null;
		}
		if (this.state.demand() == Demand.SERVED) {
			forget();
		}
		return takeClaimed();
	}

	/**
	 * The application has disconnected: what it asked for before is void.
	 */
	public void forget() {
		become(this.state.forgotten());
		this.length = -1;
	}

	@Override
	void close(StreamName name) {
		dropReserved();
		super.close(name);
	}

	private void release() {
		dropReserved();
		forgetLength();
	}

}
