package io.securestreams.engine.stream;

import io.securestreams.engine.spi.TransportKind;

/**
 * Where transmitting stands: three small machines that the same events move. What the
 * handler wants, whether the transaction still takes what is asked for, and where the
 * message stands that is being written.
 */
final class TransmitState {

	/** Read by any thread. */
	private volatile TransportKind kind = TransportKind.MESSAGES;

	/** The body of one transaction is made of several messages. */
	private boolean rideshare;

	private Demand demand = Demand.NONE;

	private Exchange exchange = Exchange.RUNNING;

	private Body body = Body.EMPTY;

	/** There is a transport. */
	void kind(TransportKind carried) {
		this.kind = carried;
	}

	void rideshare(boolean several) {
		this.rideshare = several;
	}

	boolean isTransactional() {
		return this.kind == TransportKind.TRANSACTIONS;
	}

	/** No messages at all. */
	boolean isPlain() {
		return this.kind == TransportKind.BYTES;
	}

	Demand demand() {
		return this.demand;
	}

	Exchange exchange() {
		return this.exchange;
	}

	Body body() {
		return this.body;
	}

	/** The handler asks for a slot. */
	void requested() {
		this.demand = this.demand.requested(this.exchange);
	}

	/** The application has disconnected: what it asked for before is void. */
	void forgotten() {
		this.demand = Demand.NONE;
	}

	/**
	 * An attempt starts. A body that an earlier one did not get across is wanted again.
	 */
	void begun() {
		this.demand = this.demand.begun(isTransactional());
		reset();
	}

	/** The handler gets a slot. */
	void offered() {
		this.demand = this.demand.offered();
		this.body = this.body.offered();
	}

	/**
	 * Something is written.
	 * @param queued whether it is a message of {@code send()}
	 * @param end whether it is the end of a message
	 */
	void written(boolean queued, boolean end) {
		boolean alone = isTransactional() && !this.rideshare;
		this.body = end ? (alone ? Body.SEALED : Body.EMPTY)
				: queued ? Body.QUEUED : isPlain() ? Body.EMPTY : isTransactional() ? Body.MORE : Body.OPEN;
	}

	/** The transaction takes nothing any more, although its message is not complete. */
	void cutOff() {
		this.body = Body.SEALED;
	}

	/** The request has left, without anything to send. */
	void bodyless() {
		this.exchange = this.exchange.bodyless();
	}

	/** The request takes its body after all. */
	void takesBody() {
		this.exchange = this.exchange.takesBody();
	}

	/** The peer has answered. */
	void answered() {
		this.exchange = Exchange.ANSWERED;
	}

	/** The transaction is complete. */
	void completed() {
		this.demand = this.demand.completed(isTransactional());
		reset();
	}

	/** The connection is gone. */
	void reset() {
		this.exchange = Exchange.RUNNING;
		this.body = Body.EMPTY;
	}

	/**
	 * What the handler wants.
	 */
	enum Demand {

		/** Nothing. */
		NONE,
		/** It has asked in this transaction, and has had its slot. */
		SERVED,
		/** It has asked for a slot. */
		WANTED,
		/** It has asked when this transaction was over: that is for the next one. */
		NEXT;

		Demand requested(Exchange exchange) {
			return (exchange == Exchange.RUNNING) ? WANTED : NEXT;
		}

		Demand offered() {
			return (this == NONE) ? NONE : SERVED;
		}

		Demand begun(boolean transactional) {
			return switch (this) {
				case NONE -> NONE;
				case SERVED -> transactional ? WANTED : SERVED;
				case WANTED, NEXT -> WANTED;
			};
		}

		Demand completed(boolean transactional) {
			return (this == NEXT && transactional) ? WANTED : NONE;
		}

		boolean isDue() {
			return this == WANTED || this == NEXT;
		}

	}

	/**
	 * Whether the transaction still takes what is asked for.
	 */
	enum Exchange {

		/** It does, or there are no transactions. */
		RUNNING,
		/** Its request has no body any more. */
		BODYLESS,
		/** The peer has answered. */
		ANSWERED;

		Exchange bodyless() {
			return (this == RUNNING) ? BODYLESS : this;
		}

		Exchange takesBody() {
			return (this == BODYLESS) ? RUNNING : this;
		}

	}

	/**
	 * Where the message stands that is being written.
	 */
	enum Body {

		/** None has been started. */
		EMPTY,
		/** In the middle of one of {@code send()}. */
		QUEUED,
		/** In the middle of one of the handler, which asks for the next slot. */
		OPEN,
		/** In the middle of one of the handler, and the protocol needs the rest. */
		MORE,
		/** Complete, and the transaction takes no other. */
		SEALED;

		/** Somebody has to ask again for what an offered slot was not used for. */
		Body offered() {
			return (this == MORE) ? OPEN : this;
		}

		/** Whether a message of {@code send()} may be written now. */
		boolean takesQueued() {
			return this == EMPTY || this == QUEUED;
		}

	}

}
