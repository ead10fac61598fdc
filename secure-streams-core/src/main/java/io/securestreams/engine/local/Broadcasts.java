package io.securestreams.engine.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.stream.StreamOverflowException;

/**
 * Messages for all accepted streams of a listener. From an event loop they go out in
 * slices; a stream that is given something else before its turn comes takes them first,
 * so that each has everything in the order of the calls. May be used from any thread.
 */
final class Broadcasts {

	/** So many may be on their way at once; more are given to all before this returns. */
	private static final int MAX_ROUNDS = 64;

	private static final long MAX_BYTES = 1024 * 1024;

	private final StreamEngine engine;

	/** Those that have not been given to all yet, by their numbers. */
	private final ConcurrentSkipListMap<Long, Round> rounds = new ConcurrentSkipListMap<>();

	private final AtomicLong bytes = new AtomicLong();

	/** How many streams take messages. */
	private final AtomicInteger takers = new AtomicInteger();

	private volatile long last;

	Broadcasts(StreamEngine engine) {
		this.engine = engine;
	}

	/**
	 * A stream is about to be announced, which has nothing to do with what was before.
	 */
	void join(ManagedStream<PolicyFulfilment> client) {
		if (client.fulfilment().takesMessages()) {
			this.takers.incrementAndGet();
			client.fulfilment().takes(new Taker(client, this.last));
		}
	}

	/** A stream has ended. */
	void leave(ManagedStream<PolicyFulfilment> client) {
		if (client.fulfilment().taker() != null) {
			this.takers.decrementAndGet();
		}
	}

	/**
	 * Gives a message to streams.
	 * @param message the message, which nobody changes any more
	 * @param clients whom to give it, in no order
	 * @return how many take it, or are to be given it
	 */
	int send(byte[] message, Collection<ManagedStream<PolicyFulfilment>> clients) {
		Round round = new Round(message);
		long number = begin(round);
		if (this.engine.isSliced(clients) && this.rounds.size() <= MAX_ROUNDS && this.bytes.get() <= MAX_BYTES) {
			int all = this.takers.get();
			this.engine.each(clients, this::give, () -> end(number, round));
			return all;
		}
		List<ManagedStream<PolicyFulfilment>> due = new ArrayList<>();
		for (ManagedStream<PolicyFulfilment> client : clients) {
			if (client.fulfilment().catchUp()) {
				due.add(client);
			}
		}
		end(number, round);
		this.engine.each(due, ManagedStream::sendQueued);
		return round.taken.get();
	}

	private synchronized long begin(Round round) {
		long number = this.last + 1;
		this.rounds.put(number, round);
		this.bytes.addAndGet(round.message.length);
		this.last = number;
		return number;
	}

	private void end(long number, Round round) {
		this.rounds.remove(number);
		this.bytes.addAndGet(-round.message.length);
	}

	private void give(ManagedStream<PolicyFulfilment> client) {
		if (client.fulfilment().catchUp()) {
			client.sendQueued();
		}
	}

	/** A stream that takes messages, and what it has been given of them. */
	final class Taker {

		private final ManagedStream<PolicyFulfilment> client;

		/** Number of the last one; changed only with the lock of this. */
		private volatile long round;

		private Taker(ManagedStream<PolicyFulfilment> client, long round) {
			this.client = client;
			this.round = round;
		}

		/**
		 * Gives it what it has not been given yet.
		 * @return whether it has taken something, which is to be sent
		 */
		boolean catchUp() {
			if (this.round >= Broadcasts.this.last || this.client.isClosed()) {
				return false;
			}
			boolean taken = false;
			StreamOverflowException full = null;
			synchronized (this) {
				long newest = Math.max(this.round, Broadcasts.this.last);
				for (Map.Entry<Long, Round> due : Broadcasts.this.rounds.tailMap(this.round, false).entrySet()) {
					newest = Math.max(newest, due.getKey());
					try {
						this.client.take(due.getValue().message);
						due.getValue().taken.incrementAndGet();
						taken = true;
					}
					catch (StreamOverflowException ex) {
						full = ex;
					}
				}
				this.round = newest;
			}
			if (full != null) {
				// Not with the lock: the handler is told if that ends the stream
				this.client.overflow(full);
			}
			return taken;
		}

	}

	/** A message and how many have taken it. */
	private static final class Round {

		private final byte[] message;

		private final AtomicInteger taken = new AtomicInteger();

		Round(byte[] message) {
			this.message = message;
		}

	}

}
