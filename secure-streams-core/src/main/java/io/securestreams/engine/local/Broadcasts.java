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
		PolicyFulfilment fulfilment = client.fulfilment();
		if (fulfilment.takesMessages()) {
			this.takers.incrementAndGet();
			fulfilment.broadcasts(() -> catchUp(client), this.last);
		}
	}

	/** A stream has ended. */
	void leave(ManagedStream<PolicyFulfilment> client) {
		if (client.fulfilment().takesMessages()) {
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
			if (catchUp(client)) {
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
		if (catchUp(client)) {
			client.sendQueued();
		}
	}

	/**
	 * Gives a stream what it has not been given yet.
	 * @param client an accepted stream
	 * @return whether it has taken something, which is to be sent
	 */
	boolean catchUp(ManagedStream<PolicyFulfilment> client) {
		PolicyFulfilment fulfilment = client.fulfilment();
		long newest = this.last;
		if (fulfilment.round() >= newest || !fulfilment.takesMessages() || client.isClosed()) {
			return false;
		}
		boolean taken = false;
		StreamOverflowException full = null;
		synchronized (fulfilment) {
			for (Map.Entry<Long, Round> due : this.rounds.tailMap(fulfilment.round(), false).entrySet()) {
				newest = Math.max(newest, due.getKey());
				try {
					client.take(due.getValue().message);
					due.getValue().taken.incrementAndGet();
					taken = true;
				}
				catch (StreamOverflowException ex) {
					full = ex;
				}
			}
			fulfilment.round(Math.max(newest, fulfilment.round()));
		}
		if (full != null) {
			// Not with the lock: the handler is told if that ends the stream
			client.overflow(full);
		}
		return taken;
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
