package io.securestreams.engine;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;

/**
 * What one stream wants to send: whether a slot was asked for, how long the message is
 * going to be, the queue of {@code send}, and the slot itself. Confined to the stream's
 * executor.
 */
final class Transmission {

	private static final long MAX_ORDINAL = 0xffffffffL;

	private final ManagedStream stream;

	private final Announcer announcer;

	private final SendQueue queue = new SendQueue();

	private final WriteSlot slot;

	private long ordinal;

	/** The handler wants a slot. */
	private boolean wanted;

	/** There is something to send in this transaction; survives failed attempts. */
	private boolean requested;

	private long length = -1;

	/** The transaction has its verdict: what is asked for now belongs to the next one. */
	private boolean verdict;

	/** Something was asked for after the verdict. */
	private boolean asked;

	Transmission(ManagedStream stream, Announcer announcer) {
		this.stream = stream;
		this.announcer = announcer;
		this.slot = new WriteSlot(stream.streamType());
	}

	SendQueue queue() {
		return this.queue;
	}

	void request(long totalLength) {
		this.wanted = true;
		this.requested = true;
		if (this.verdict && !this.asked) {
			this.asked = true;
			this.length = -1;
		}
		if (totalLength >= 0) {
			this.length = totalLength;
		}
	}

	void verdict() {
		this.verdict = true;
		this.asked = false;
	}

	boolean isRequested() {
		return this.requested || !this.queue.isEmpty();
	}

	boolean isWanted() {
		return this.wanted || !this.queue.isEmpty();
	}

	long length() {
		return (this.length >= 0) ? this.length : this.queue.nextLength();
	}

	/** A body that an earlier attempt did not get across is wanted again. */
	void attempt() {
		this.wanted |= this.requested;
		this.queue.rewind();
	}

	void lost() {
		this.queue.rewind();
	}

	/** The transaction is over; what was asked for after its verdict stays. */
	void completed() {
		if (!this.asked) {
			this.wanted = false;
			this.requested = false;
			this.length = -1;
		}
		this.verdict = false;
		this.asked = false;
	}

	void close() {
		this.queue.close(this.stream.id());
	}

	void writable(int capacity, StreamTransport transport, boolean connected) {
		long number = this.ordinal;
		this.ordinal = (number + 1) & MAX_ORDINAL;
		this.slot.open(number, capacity);
		SendQueue.@Nullable Message sent = null;
		if (!this.queue.isEmpty()) {
			sent = this.queue.fill(this.slot);
		}
		else {
			this.wanted = false;
			if (connected) {
				this.requested = false;
			}
			this.announcer.writable(this.slot);
		}
		if (!this.slot.isUsed()) {
			this.slot.discard();
			return;
		}
		int flags = this.slot.flags();
		ByteBuf payload = this.slot.take();
		StreamCounters counters = this.stream.counters();
		counters.add(StreamCounters.SENT_BYTES, payload.readableBytes());
		if ((flags & PayloadFlags.EOM) != 0) {
			counters.add(StreamCounters.SENT_MESSAGES, 1);
		}
		transport.write(payload, flags, number);
		if (sent != null) {
			sent.complete();
		}
		if (isWanted()) {
			transport.requestWrite();
		}
	}

}
