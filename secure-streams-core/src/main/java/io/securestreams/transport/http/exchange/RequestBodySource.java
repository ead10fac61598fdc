package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor.Timer;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.multipart.MultipartFraming;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a stream's request from the application, slot by slot as the peer
 * takes it, and keeps the start of it where it may have to be sent again.
 */
final class RequestBodySource {

	/** Most bytes of a slot. */
	static final int SLOT_CAPACITY = 16 * 1024;

	private final StreamLink link;

	private final HttpServices services;

	private final KeptBody kept;

	private @Nullable RequestChannel channel;

	private @Nullable RequestParts parts;

	/** Bytes still to come, -1 where the length is not known. */
	private long left = -1;

	private boolean open;

	/** Waits for 100 (Continue). */
	private @Nullable Timer holding;

	/** Whether the application has given anything in this attempt. */
	private boolean taken;

	/** Whether it has given all. */
	private boolean complete;

	/** Told when the body is there, while it is taken before there is a request. */
	private @Nullable Runnable collected;

	private boolean asking;

	private long ordinal;

	private @Nullable String problem;

	RequestBodySource(StreamLink link, HttpPolicy policy, HttpServices services, boolean authenticated) {
		this.link = link;
		this.services = services;
		// A multipart body would have to be cut anew, the next head has another boundary
		boolean keeps = (policy.redirects().follow() || authenticated) && !policy.body().multipart().isEnabled();
		this.kept = new KeptBody(keeps ? services.limits().maxRepeatableBody() : KeptBody.NOTHING);
	}

	/** A new attempt: nothing has been taken from the application. */
	void reset() {
		stop();
		this.taken = false;
		this.complete = false;
		this.kept.reset();
		this.ordinal = 0;
	}

	/** Whether the body can be sent from the start. */
	boolean isRepeatable() {
		return !this.taken || this.kept.isWhole();
	}

	/** Whether the application has given anything in this attempt. */
	boolean isTaken() {
		return this.taken;
	}

	/** The number of the last slot used in this attempt, 0 for none. */
	long ordinal() {
		return this.ordinal;
	}

	/**
	 * Takes the whole body before there is a request, so that its hash can go into the
	 * head.
	 * @param length bytes that were announced, or -1
	 * @param then is told when it is there
	 */
	void collect(long length, Runnable then) {
		this.left = length;
		this.problem = null;
		this.collected = then;
		if (this.link.txRequested()) {
			requestWrite();
		}
	}

	/** The body as it has been taken, or {@code null} unless all of it is there. */
	@Nullable ByteBuf whole() {
		return (this.complete && this.kept.isWhole()) ? this.kept.bytes() : null;
	}

	private void askForAll() {
		this.asking = false;
		if (this.collected == null) {
			return;
		}
		try {
			this.link.writable(SLOT_CAPACITY);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			this.problem = "unexpected " + ex;
		}
		Runnable waiting = this.collected;
		if (waiting != null && (this.complete || this.problem != null)) {
			this.collected = null;
			waiting.run();
		}
	}

	/** What the application has done wrong, or {@code null}; said once. */
	@Nullable String problem() {
		String wrong = this.problem;
		this.problem = null;
		return wrong;
	}

	private void collect(ByteBuf payload, boolean end, int length) {
		this.kept.add(payload);
		payload.release();
		if (!this.kept.isWhole()) {
			this.problem = "request body is too long to be signed before it is sent (expected: up to "
					+ this.services.limits().maxRepeatableBody() + " bytes)";
			return;
		}
		this.left -= (this.left >= 0) ? length : 0;
		this.complete = (this.left < 0) ? end : this.left == 0;
		requestWrite();
	}

	/**
	 * Starts the body of a request whose head is on its way.
	 * @param next takes it
	 * @param plan says how it is framed
	 */
	void start(RequestChannel next, RequestPlan plan) {
		this.problem = null;
		MultipartFraming framing = plan.multipart();
		this.parts = (framing != null) ? new RequestParts(framing, this.link.policy(), this.services) : null;
		this.open = plan.body().slots();
		if (!this.open) {
			return;
		}
		this.channel = next;
		this.left = plan.body().length();
		if (plan.expects()) {
			this.holding = this.link.executor()
				.schedule(this::proceed, this.services.limits().continueTimeout().toMillis());
			return;
		}
		begin(next);
	}

	/** The peer wants the body, or has had time enough to say that it does not. */
	void proceed() {
		RequestChannel current = this.channel;
		if (stopHolding() && this.open && current != null) {
			begin(current);
		}
	}

	private boolean stopHolding() {
		Timer timer = this.holding;
		this.holding = null;
		if (timer != null) {
			timer.cancel();
		}
		return timer != null;
	}

	private void begin(RequestChannel current) {
		ByteBuf again = this.kept.bytes();
		if (again.isReadable() || this.complete) {
			this.left -= (this.left >= 0) ? again.readableBytes() : 0;
			this.open = !this.complete;
			current.write(Unpooled.copiedBuffer(again), this.complete);
		}
		if (this.link.txRequested()) {
			requestWrite();
		}
	}

	/** Takes no more. */
	void stop() {
		stopHolding();
		this.open = false;
		this.channel = null;
		this.collected = null;
	}

	boolean isOpen() {
		return this.open;
	}

	void requestWrite() {
		if (this.collected != null) {
			if (!this.asking && !this.complete && this.problem == null) {
				this.asking = true;
				this.link.executor().execute(this::askForAll);
			}
			return;
		}
		RequestChannel current = this.channel;
		if (this.open && current != null && this.holding == null) {
			current.requestWrite();
		}
	}

	/** Whose payload the next slot is for, {@code null} for the stream's own. */
	@Nullable String rideshare() {
		return (this.parts != null) ? this.parts.current() : null;
	}

	/**
	 * Asks the application.
	 * @param capacity most bytes that can leave at once
	 * @return what the application has done wrong, or {@code null}
	 */
	@Nullable String ask(int capacity) {
		if (this.open && this.holding == null) {
			this.link.writable(Math.min(capacity, SLOT_CAPACITY));
		}
		return problem();
	}

	/**
	 * Takes what the application gives; from inside {@link #ask}.
	 * @param payload released here
	 * @param flags {@link PayloadFlags}
	 * @param number the slot's number
	 */
	void write(ByteBuf payload, int flags, long number) {
		RequestChannel current = this.channel;
		boolean end = (flags & PayloadFlags.EOM) != 0;
		int length = payload.readableBytes();
		// A slot with neither bytes nor marks was not used
		boolean wanted = this.collected != null || (current != null && this.open);
		if (!wanted || (length == 0 && flags == 0)) {
			payload.release();
			return;
		}
		this.ordinal = number;
		this.taken = true;
		if (this.left >= 0 && (length > this.left || (end && length < this.left))) {
			payload.release();
			this.problem = (length > this.left)
					? "request body is longer than announced, by " + (length - this.left) + " bytes or more"
					: "request body is shorter than announced, by " + (this.left - length) + " bytes";
			return;
		}
		if (this.collected != null || current == null) {
			collect(payload, end, length);
			return;
		}
		this.kept.add(payload);
		RequestParts sharing = this.parts;
		if (sharing != null) {
			if (sharing.write(current, payload, end)) {
				this.complete = true;
				this.open = false;
				current.write(sharing.end(), true);
			}
		}
		else {
			if (this.left >= 0) {
				this.left -= length;
				end = this.left == 0;
			}
			this.complete = end;
			this.open = !end;
			current.write(payload, end);
		}
		// The peer may have answered meanwhile, and another request be on its way
		if (this.channel == current) {
			requestWrite();
		}
	}

}
