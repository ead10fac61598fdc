package io.securestreams.transport.http.exchange;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.testing.RecordingLink;

/**
 * The engine's end of a client stream: writes down everything that is reported, with
 * ordinals and slots.
 */
final class ExchangeLink extends RecordingLink<ExchangeLink> {

	private final int slotSize;

	/**
	 * Handlers run elsewhere: what is to be sent is there some time after it was asked
	 * for.
	 */
	private final boolean elsewhere;

	/** What is known of answers, and how many events were there before. */
	final List<String> answers = new CopyOnWriteArrayList<>();

	/** Why the last attempt failed. */
	volatile @Nullable StreamFailure failure;

	private final BlockingQueue<List<String>> ends = new LinkedBlockingQueue<>();

	private byte[] body = new byte[0];

	private int sent;

	private boolean marksEnd = true;

	/** Whose payload each slot was for. */
	final List<String> riders = new CopyOnWriteArrayList<>();

	/** Ends each piece, as the next one is another stream's. */
	boolean rides;

	/** Throws where nobody expects it. */
	boolean broken;

	private boolean txRequested;

	private long txLength = -1;

	private boolean there;

	private long ordinal;

	private int received;

	ExchangeLink(StreamExecutor executor, StreamPolicy policy, int port, int slotSize, boolean elsewhere) {
		super(executor, policy, new Target(new Address.Host("127.0.0.1", port), false, null));
		this.slotSize = slotSize;
		this.elsewhere = elsewhere;
	}

	/** What the next attempt sends. */
	ExchangeLink body(byte[] bytes, long announced, boolean end) {
		this.body = bytes;
		this.sent = 0;
		this.txRequested = true;
		this.txLength = announced;
		this.marksEnd = end;
		return this;
	}

	/** Makes an attempt, and returns what has been reported in it. */
	List<String> attempt() {
		this.executor.execute(() -> {
			this.events.clear();
			this.received = 0;
			this.there = !this.elsewhere;
			client().connect();
		});
		try {
			List<String> end = this.ends.poll(30, TimeUnit.SECONDS);
			if (end == null) {
				throw new AssertionError("no end after 30 s: " + this.events);
			}
			return end;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void writable(int capacity) {
		if (this.sent >= this.body.length && this.body.length > 0) {
			this.events.add("slot for nothing");
			return;
		}
		if (!this.there) {
			this.there = true;
			Thread thread = new Thread(() -> this.executor.execute(() -> transport().requestWrite()));
			thread.setDaemon(true);
			thread.start();
			return;
		}
		this.there = !this.elsewhere;
		String rider = transport().rideshare();
		if (rider != null) {
			this.riders.add(rider);
		}
		int length = Math.min(Math.min(capacity, this.rides ? 3 : this.slotSize), this.body.length - this.sent);
		ByteBuf piece = Unpooled.copiedBuffer(this.body, this.sent, length);
		int flags = (this.sent == 0) ? PayloadFlags.SOM : 0;
		this.sent += length;
		boolean last = (this.sent == this.body.length && this.marksEnd) || this.rides;
		if (this.sent == length || last || length > 3) {
			this.events.add("slot " + length + (last ? " end" : "") + " #" + this.ordinal);
		}
		transport().write(piece, flags | (last ? PayloadFlags.EOM : 0), this.ordinal++);
	}

	private void end(String event) {
		this.events.add(event);
		this.txRequested = false;
		this.txLength = -1;
		this.body = new byte[0];
		this.ends.add(List.copyOf(this.events));
	}

	@Override
	public void connected(String peer) {
		this.events.add("connected " + peer);
	}

	@Override
	public void userState(int userState) {
		this.events.add("user state " + userState);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		this.events.add("timings " + timings.status());
	}

	@Override
	public void bodyless() {
		if (this.broken) {
			throw new IllegalStateException("expected by the test");
		}
		this.events.add("bodyless");
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		this.received += payload.readableBytes();
		if ((flags & PayloadFlags.SOM) != 0) {
			this.events.add("start");
		}
		if ((flags & PayloadFlags.EOM) != 0) {
			this.events.add("end of " + this.received);
		}
	}

	@Override
	public void acknowledged(long number) {
		this.events.add("acknowledged #" + number);
	}

	@Override
	public void rejected(long number) {
		this.events.add("rejected #" + number);
	}

	@Override
	public void completed() {
		end("completed");
	}

	@Override
	public void answered(HttpAnswer head) {
		this.answers.add(head + (head.isSuccess() ? " success" : "") + " x-answer: " + head.header("X-Answer")
				+ " after " + this.events.size());
	}

	@Override
	public void closed(StreamFailure failure) {
		this.failure = failure;
		// How a connection ends is told in the words of its protocol
		String message = (failure.phase() == Phase.CONNECTION) ? "" : ": " + failure.message();
		end("closed " + failure.phase() + (failure.unsent() ? " unsent" : "")
				+ ((failure.retryAfter() != null) ? " " + failure.retryAfter() : "")
				+ ((failure.answer() != null) ? " " + failure.answer() : "") + message);
	}

	@Override
	public boolean txRequested() {
		return this.txRequested;
	}

	@Override
	public long txLength() {
		return this.txLength;
	}

}
