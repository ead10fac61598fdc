package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ResponseRules;

/**
 * An answer that takes its payload from the application, slot by slot as the client takes
 * it. Twin of {@link RequestBodySource}. Lives on the connection's event loop.
 */
abstract class AnswerSlots extends ServerAnswer {

	/** Most bytes of a slot. */
	static final int CAPACITY = 16 * 1024;

	/** Whether the head may tell how long the body is. */
	private final boolean announces;

	private final boolean head;

	/** The application has asked for a slot, and has not got it. */
	private boolean wanted;

	/** The application is in a slot: the end has to wait. */
	private boolean inside;

	private boolean offerScheduled;

	private @Nullable String broken;

	AnswerSlots(boolean announces, boolean head) {
		this.announces = announces;
		this.head = head;
	}

	/** What carries the answer. */
	abstract ServerFraming framing();

	/** The stream. */
	abstract AcceptedLink link();

	/** Whether nothing more is to be done. */
	abstract boolean isOver();

	/**
	 * Sends the head.
	 * @param length length of the body, or -1 if it is not known
	 * @param last whether no body follows
	 * @throws InvalidRequestException if a field must not be sent
	 */
	abstract void sendHead(long length, boolean last);

	/** The application's answer has ended without anything to be sent. */
	abstract void nothingToSend();

	/** Completes the stream if nothing more is to come from either side. */
	abstract void finish();

	/** The application is at fault. */
	abstract void fail(String problem);

	/** Runs what nobody above answers for. */
	abstract void guarded(Runnable task);

	/** Whether the application has asked for a slot and may have it. */
	final boolean isWanted() {
		return this.wanted && !isOver() && takesPayload();
	}

	/** Whether the application is in a slot. */
	final boolean isInside() {
		return this.inside;
	}

	/**
	 * Whether the answer has no content, whatever is written: HEAD, 204, 304.
	 * @return {@code true} if it has none
	 */
	public final boolean isBodyless() {
		return this.head || !ResponseRules.hasContent("GET", status());
	}

	/** The client can take payload. */
	final void offer(int capacity) {
		if (isOver() || !takesPayload()) {
			return;
		}
		this.wanted = false;
		this.inside = true;
		try {
			link().writable(capacity);
		}
		finally {
			this.inside = false;
		}
		String problem = this.broken;
		if (problem == null) {
			finish();
		}
		else if (!isOver()) {
			fail(problem);
		}
	}

	/** The application asks for a slot. */
	final void request() {
		this.wanted = true;
		if (!isWanted()) {
			return;
		}
		if (!isBodyless() && !framing().takesHeadOnly()) {
			framing().requestSlot();
		}
		else if (!this.offerScheduled) {
			this.offerScheduled = true;
			framing().executor().execute(() -> guarded(this::offerWithoutWindow));
		}
	}

	/** The application has chosen a status: what it has asked for may be due. */
	final void decided() {
		if (this.wanted) {
			request();
		}
	}

	/** Needs no window: a payload that is dropped, an empty one, and a head. */
	private void offerWithoutWindow() {
		this.offerScheduled = false;
		if (!isWanted()) {
			return;
		}
		long length = link().txLength();
		if (isBodyless() || length == 0) {
			offer(CAPACITY);
			return;
		}
		if (framing().takesHeadOnly() && !isHeadSent()) {
			announce(this.announces ? length : -1);
			try {
				sendHead(left(), false);
			}
			catch (InvalidRequestException ex) {
				fail(String.valueOf(ex.getMessage()));
				return;
			}
		}
		framing().requestSlot();
	}

	/**
	 * Takes what the application gives.
	 * @param piece released here
	 * @param flags {@link PayloadFlags}
	 */
	final void write(ByteBuf piece, int flags) {
		int size = piece.readableBytes();
		if (isOver() || isDone() || this.broken != null || (size == 0 && flags == 0)) {
			piece.release();
			return;
		}
		boolean end = (flags & PayloadFlags.EOM) != 0;
		boolean dropped = isBodyless();
		try {
			this.broken = check(link(), this.announces, dropped, size, end);
			if (this.broken == null && !isHeadSent()) {
				dropped |= end && size == 0;
				sendHead(left(), dropped);
			}
		}
		catch (InvalidRequestException ex) {
			this.broken = String.valueOf(ex.getMessage());
		}
		if (this.broken != null) {
			piece.release();
			return;
		}
		if (end) {
			done();
		}
		if (!dropped) {
			count(size);
			framing().body(piece, end);
		}
		else {
			piece.release();
			if (end) {
				nothingToSend();
			}
		}
		if (!end) {
			request();
		}
	}

}
