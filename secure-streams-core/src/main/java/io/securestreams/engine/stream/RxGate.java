package io.securestreams.engine.stream;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.StreamHandler;

/**
 * Everything about receiving: pausing, and the reports that have to wait until they can
 * be passed on.
 */
public final class RxGate extends Announcer {

	/** The application has said so. */
	private static final int PAUSED = 1;

	/** Somebody between the stream and the application has said so. */
	private static final int SUSPENDED = 1 << 1;

	/** With the first report that has to wait. */
	private @Nullable DeferredReports late;

	/** Who has said so. */
	private byte pauses;

	/** The transport has been told to stop reading. */
	private boolean readingStopped;

	/** The handler has paused in the callback of a message's end. */
	private boolean undelivered;

	RxGate(StreamCalls stream, SerialContext context, StreamHandler handler, StreamSettings settings) {
		super(stream, context, handler, settings);
	}

	/**
	 * Whether a report has to wait: for a callback, or for what waits before it.
	 * @return {@code true} if it has to
	 */
	public boolean holds() {
		return inCallback() || hasLate();
	}

	/**
	 * Whether payload has to wait.
	 * @return {@code true} if it has to
	 */
	public boolean holdsPayload() {
		return isPaused() || holds();
	}

	private boolean hasLate() {
		return this.late != null && !this.late.isEmpty();
	}

	private DeferredReports late() {
		DeferredReports known = this.late;
		if (known == null) {
			known = new DeferredReports();
			this.late = known;
		}
		return known;
	}

	boolean isDue() {
		return this.late != null && this.late.isDue(isPaused());
	}

	/**
	 * Holds a report until it can be passed on.
	 * @param report passes it on
	 */
	public void hold(Runnable report) {
		late().add(report);
	}

	/**
	 * Holds payload, which is released afterwards in every case.
	 * @param report passes it on
	 * @param payload the payload
	 */
	public void hold(Runnable report, ByteBuf payload) {
		late().add(report, payload);
	}

	void runNext() {
		late().runNext();
	}

	/**
	 * Passes payload on.
	 * @return whether the handler has had a whole message with it, and wants more
	 */
	boolean received(ByteBuf payload, int flags) {
		boolean end = (flags & PayloadFlags.EOM) != 0;
		context().counters().add(StreamCounters.RECEIVED_BYTES, payload.readableBytes());
		if (end) {
			context().counters().add(StreamCounters.RECEIVED_MESSAGES, 1);
		}
		pass(payload, flags);
		this.undelivered = end && isPaused();
		return end && !this.undelivered;
	}

	/** Whether the handler has got the end of a message last, and has paused in it. */
	boolean isUndelivered() {
		return this.undelivered;
	}

	/**
	 * A message that is part of another starts.
	 * @param owner streamtype it is for
	 * @param part what it says of itself
	 */
	public void startPart(String owner, MessagePart part) {
		payload().startPart(owner, part);
	}

	/**
	 * What follows, to the end of the message, belongs to another streamtype.
	 * @param owner streamtype it is for
	 */
	public void rideshare(String owner) {
		payload().startPart(owner, null);
	}

	void pause() {
		this.pauses |= PAUSED;
	}

	void unpause() {
		this.pauses &= ~PAUSED;
	}

	void suspend(boolean on) {
		this.pauses = (byte) (on ? this.pauses | SUSPENDED : this.pauses & ~SUSPENDED);
	}

	/**
	 * Whether receiving is paused, by whomever.
	 * @return {@code true} if it is
	 */
	public boolean isPaused() {
		return this.pauses != 0;
	}

	/**
	 * Whether, with the end of the pause in which it came, the handler has had a whole
	 * message.
	 * @return {@code true} once for each
	 */
	boolean takeDelivered() {
		if (isPaused()) {
			return false;
		}
		boolean delivered = this.undelivered;
		this.undelivered = false;
		return delivered;
	}

	/** Makes the transport do what the application wants. */
	void apply(StreamTransport transport) {
		boolean pause = isPaused();
		if (pause == this.readingStopped || (!pause && hasLate())) {
			return;
		}
		this.readingStopped = pause;
		if (pause) {
			transport.pauseReading();
		}
		else {
			transport.resumeReading();
		}
	}

	/**
	 * An attempt starts: its transport reads.
	 */
	public void begin() {
		this.readingStopped = false;
		this.undelivered = false;
		endPart();
	}

	/**
	 * The connection is gone, and what has not been passed on with it.
	 */
	public void clear() {
		this.undelivered = false;
		if (this.late != null) {
			this.late.clear();
		}
	}

}
