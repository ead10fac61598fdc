package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ResponseRules;

/**
 * An answer that takes its payload from the application, slot by slot as the client takes
 * it. Twin of {@link RequestBodySource}. Lives on the connection's event loop.
 */
final class AnswerSlots extends ServerAnswer {

	/** Most bytes of a slot. */
	static final int CAPACITY = 16 * 1024;

	private final ServerExchange exchange;

	/** Whether the head may tell how long the body is. */
	private final boolean announces;

	private final boolean head;

	/** The application has asked for a slot, and has not got it. */
	private boolean wanted;

	/** The application is in a slot: the end has to wait. */
	private boolean inside;

	private boolean offerScheduled;

	private @Nullable String broken;

	AnswerSlots(ServerExchange exchange, boolean announces, boolean head) {
		this.exchange = exchange;
		this.announces = announces;
		this.head = head;
	}

	private ServerFraming framing() {
		return this.exchange.framing();
	}

	/** Whether the application has asked for a slot and may have it. */
	boolean isWanted() {
		return this.wanted && !this.exchange.isOver() && takesPayload();
	}

	/** Whether the application is in a slot. */
	boolean isInside() {
		return this.inside;
	}

	/** Whether the answer has no content, whatever is written: HEAD, 204, 304. */
	boolean isBodyless() {
		return this.head || !ResponseRules.hasContent("GET", status());
	}

	/** The client can take payload. */
	void offer(int capacity) {
		if (this.exchange.isOver() || !takesPayload()) {
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
		if (!isBodyless() && !framing().takesHeadOnly()) {
			framing().requestSlot();
		}
		else if (!this.offerScheduled) {
			this.offerScheduled = true;
			framing().executor().execute(() -> this.exchange.guarded(this::offerWithoutWindow));
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
		if (framing().takesHeadOnly() && !isHeadSent()) {
			announce(this.announces ? length : -1);
			try {
				this.exchange.sendHead(length(), false);
			}
			catch (InvalidRequestException ex) {
				this.exchange.fail(String.valueOf(ex.getMessage()));
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
	void write(ByteBuf piece, int flags) {
		int size = piece.readableBytes();
		if (this.exchange.isOver() || isDone() || this.broken != null || (size == 0 && flags == 0)) {
			piece.release();
			return;
		}
		boolean end = (flags & PayloadFlags.EOM) != 0;
		boolean dropped = isBodyless();
		try {
			this.broken = piece(this.exchange.link(), this.announces, dropped, size, end);
			if (this.broken == null && !isHeadSent()) {
				dropped |= end && size == 0;
				this.exchange.sendHead(length(), dropped);
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
			framing().body(piece, end);
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
