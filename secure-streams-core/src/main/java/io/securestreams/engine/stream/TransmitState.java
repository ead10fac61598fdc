package io.securestreams.engine.stream;

import io.securestreams.engine.spi.TransportKind;

/**
 * Where transmitting stands: three small machines that the same events move. What the
 * handler wants, whether the transaction still takes what is asked for, and where the
 * message stands that is being written. A value, of which there is one of each.
 */
final class TransmitState {

	private static final TransportKind[] KINDS = TransportKind.values();

	private static final Demand[] DEMANDS = Demand.values();

	private static final Exchange[] EXCHANGES = Exchange.values();

	private static final Body[] BODIES = Body.values();

	private static final TransmitState[] ALL = all();

	/** Nothing has happened, and nobody knows what is carried. */
	static final TransmitState NEW = of(TransportKind.MESSAGES, false, Demand.NONE, Exchange.RUNNING, Body.EMPTY);

	private final TransportKind kind;

	/** The body of one transaction is made of several messages. */
	private final boolean rideshare;

	private final Demand demand;

	private final Exchange exchange;

	private final Body body;

	private TransmitState(TransportKind kind, boolean rideshare, Demand demand, Exchange exchange, Body body) {
		this.kind = kind;
		this.rideshare = rideshare;
		this.demand = demand;
		this.exchange = exchange;
		this.body = body;
	}

	private static TransmitState[] all() {
		TransmitState[] all = new TransmitState[KINDS.length * 2 * DEMANDS.length * EXCHANGES.length * BODIES.length];
		for (TransportKind kind : KINDS) {
			for (Demand demand : DEMANDS) {
				for (Exchange exchange : EXCHANGES) {
					for (Body body : BODIES) {
						all[index(kind, false, demand, exchange, body)] = new TransmitState(kind, false, demand,
								exchange, body);
						all[index(kind, true, demand, exchange, body)] = new TransmitState(kind, true, demand, exchange,
								body);
					}
				}
			}
		}
		return all;
	}

	private static int index(TransportKind kind, boolean rideshare, Demand demand, Exchange exchange, Body body) {
		int index = kind.ordinal() * 2 + (rideshare ? 1 : 0);
		index = index * DEMANDS.length + demand.ordinal();
		index = index * EXCHANGES.length + exchange.ordinal();
		return index * BODIES.length + body.ordinal();
	}

	private static TransmitState of(TransportKind kind, boolean rideshare, Demand demand, Exchange exchange,
			Body body) {
		return ALL[index(kind, rideshare, demand, exchange, body)];
	}

	private TransmitState with(Demand next) {
		return of(this.kind, this.rideshare, next, this.exchange, this.body);
	}

	private TransmitState with(Exchange next) {
		return of(this.kind, this.rideshare, this.demand, next, this.body);
	}

	private TransmitState with(Body next) {
		return of(this.kind, this.rideshare, this.demand, this.exchange, next);
	}

	/** There is a transport. */
	TransmitState kind(TransportKind carried) {
		return of(carried, this.rideshare, this.demand, this.exchange, this.body);
	}

	TransmitState rideshare(boolean several) {
		return of(this.kind, several, this.demand, this.exchange, this.body);
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
	TransmitState requested() {
		return with(this.demand.requested(this.exchange));
	}

	/** The application has disconnected: what it asked for before is void. */
	TransmitState forgotten() {
		return with(Demand.NONE);
	}

	/**
	 * An attempt starts. A body that an earlier one did not get across is wanted again.
	 */
	TransmitState begun() {
		return with(this.demand.begun(isTransactional())).reset();
	}

	/** The handler gets a slot. */
	TransmitState offered() {
		return with(this.demand.offered()).with(this.body.offered());
	}

	/**
	 * Something is written.
	 * @param queued whether it is a message of {@code send()}
	 * @param end whether it is the end of a message
	 */
	TransmitState written(boolean queued, boolean end) {
		boolean alone = isTransactional() && !this.rideshare;
		return with(end ? (alone ? Body.SEALED : Body.EMPTY)
				: queued ? Body.QUEUED : isPlain() ? Body.EMPTY : isTransactional() ? Body.MORE : Body.OPEN);
	}

	/** The transaction takes nothing any more, although its message is not complete. */
	TransmitState cutOff() {
		return with(Body.SEALED);
	}

	/** The request has left, without anything to send. */
	TransmitState bodyless() {
		return with(this.exchange.bodyless());
	}

	/** The request takes its body after all. */
	TransmitState takesBody() {
		return with(this.exchange.takesBody());
	}

	/** The peer has answered. */
	TransmitState answered() {
		return with(Exchange.ANSWERED);
	}

	/** The transaction is complete. */
	TransmitState completed() {
		return with(this.demand.completed(isTransactional())).reset();
	}

	/** The connection is gone. */
	TransmitState reset() {
		return of(this.kind, this.rideshare, this.demand, Exchange.RUNNING, Body.EMPTY);
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
