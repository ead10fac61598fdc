package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ResponseRules;

/**
 * Takes the payload of an answer from the application, slot by slot as the client takes
 * it. Twin of {@link RequestBodySource}. Lives on the connection's event loop.
 */
final class AnswerSlots {

	/** Most bytes of a slot. */
	static final int CAPACITY = 16 * 1024;

	private final ServerExchange exchange;

	private final ServerFraming framing;

	private final ServerAnswer answer;

	/** Whether the head may tell how long the body is. */
	private final boolean announces;

	private final boolean head;

	/** The application has asked for a slot, and has not got it. */
	private boolean wanted;

	/** The application is in a slot: the end has to wait. */
	private boolean inside;

	private boolean offerScheduled;

	private @Nullable String broken;

	AnswerSlots(ServerExchange exchange, ServerFraming framing, ServerAnswer answer, boolean announces, boolean head) {
		this.exchange = exchange;
		this.framing = framing;
		this.answer = answer;
		this.announces = announces;
		this.head = head;
	}

	/** Whether the application has asked for a slot and may have it. */
	boolean isWanted() {
		return this.wanted && !this.exchange.isOver() && this.answer.takesPayload();
	}

	/** Whether the application is in a slot. */
	boolean isInside() {
		return this.inside;
	}

	/** Whether the answer has no content, whatever is written: HEAD, 204, 304. */
	boolean isBodyless() {
		return this.head || !ResponseRules.hasContent("GET", this.answer.status());
	}

	/** The client can take payload. */
	void offer(int capacity) {
		if (this.exchange.isOver() || !this.answer.takesPayload()) {
			return;
		}
		this.wanted = false;
		this.inside = true;
		try {
			this.exchange.link().writable(capacity);
		}
		finally {
			this.inside = false;
		}
		String problem = this.broken;
		if (problem == null) {
			this.exchange.finish();
		}
		else if (!this.exchange.isOver()) {
			this.exchange.fail(problem);
		}
	}

	/** The application asks for a slot. */
	void request() {
		this.wanted = true;
		if (!isWanted()) {
			return;
		}
		if (!isBodyless() && !this.framing.takesHeadOnly()) {
			this.framing.requestSlot();
		}
		else if (!this.offerScheduled) {
			this.offerScheduled = true;
			this.framing.executor().execute(() -> this.exchange.guarded(this::offerWithoutWindow));
		}
	}

	/** The application has chosen a status: what it has asked for may be due. */
	void decided() {
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
		long length = this.exchange.link().txLength();
		if (isBodyless() || length == 0) {
			offer(CAPACITY);
			return;
		}
		if (this.framing.takesHeadOnly() && !this.answer.isHeadSent()) {
			this.answer.announce(this.announces ? length : -1);
			try {
				this.exchange.sendHead(this.answer.length(), false);
			}
			catch (InvalidRequestException ex) {
				this.exchange.fail(String.valueOf(ex.getMessage()));
				return;
			}
		}
		this.framing.requestSlot();
	}

	/**
	 * Takes what the application gives.
	 * @param piece released here
	 * @param flags {@link PayloadFlags}
	 */
	void write(ByteBuf piece, int flags) {
		int size = piece.readableBytes();
		if (this.exchange.isOver() || this.answer.isDone() || this.broken != null || (size == 0 && flags == 0)) {
			piece.release();
			return;
		}
		boolean end = (flags & PayloadFlags.EOM) != 0;
		boolean dropped = isBodyless();
		try {
			this.broken = this.answer.piece(this.exchange.link(), this.announces, dropped, size, end);
			if (this.broken == null && !this.answer.isHeadSent()) {
				dropped |= end && size == 0;
				this.exchange.sendHead(this.answer.length(), dropped);
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
			this.answer.done();
		}
		if (!dropped) {
			this.framing.body(piece, end);
		}
		else {
			piece.release();
			if (end) {
				this.exchange.nothingToSend();
			}
		}
		if (!end) {
			request();
		}
	}

}
