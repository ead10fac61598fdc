package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor.Timer;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.HttpBody.Multipart;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.MultipartFraming;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestBody.Framing;
import io.securestreams.transport.http1.BodyWriter.Mode;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application for the body of a request, slot by slot as the peer takes it, and
 * writes it.
 */
final class RequestSender {

	/** Most bytes of a slot. */
	static final int SLOT_CAPACITY = 16 * 1024;

	/** Slots before other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 16;

	private final StreamLink link;

	private final HttpServices services;

	private final Failure failure;

	private final boolean keepsReplay;

	private @Nullable ClientConnection connection;

	private @Nullable BodyWriter writer;

	private @Nullable MultipartFraming multipart;

	private StreamPolicy part;

	private boolean partOpen;

	private boolean open;

	private boolean wanted;

	/** Waits for 100 (Continue). */
	private @Nullable Timer holding;

	private boolean scheduled;

	/** The application has been asked. */
	private boolean consumed;

	/** The application has given all. */
	private boolean ended;

	private @Nullable ByteBuf replay;

	private boolean replayLost;

	private @Nullable String broken;

	RequestSender(StreamLink link, StreamPolicy policy, HttpPolicy http, HttpServices services, Failure failure) {
		this.link = link;
		this.services = services;
		this.failure = failure;
		this.part = policy;
		this.keepsReplay = http.redirects().follow();
	}

	/**
	 * Is told that the application broke the rules of the body.
	 */
	interface Failure {

		void broken(String message);

	}

	/** A new attempt: nothing of a body has been taken from the application. */
	void reset() {
		stop();
		this.consumed = false;
		this.ended = false;
		this.replay = null;
		this.replayLost = false;
	}

	/**
	 * Starts the body of a request whose head has been written.
	 * @param next the connection
	 * @param body its framing
	 * @param framing parts, or {@code null} if it is not multipart
	 * @param expects whether the peer is asked first if it wants the body
	 */
	void start(ClientConnection next, RequestBody body, @Nullable MultipartFraming framing, boolean expects) {
		this.broken = null;
		this.open = body.slots();
		if (!this.open) {
			this.writer = null;
			return;
		}
		this.connection = next;
		this.multipart = framing;
		this.part = this.link.policy();
		this.partOpen = false;
		BodyWriter started = new BodyWriter(next);
		started.start((body.framing() == Framing.LENGTH) ? Mode.LENGTH : Mode.CHUNKED, body.length());
		this.writer = started;
		this.wanted = this.link.txRequested();
		if (expects) {
			this.holding = this.link.executor()
				.schedule(this::proceed, this.services.limits().continueTimeout().toMillis());
			next.flushSoon();
			return;
		}
		begin(next, started);
	}

	/** The peer wants the body, or has had time enough to say that it does not. */
	void proceed() {
		ClientConnection current = this.connection;
		BodyWriter body = this.writer;
		if (stopHolding() && this.open && current != null && body != null) {
			begin(current, body);
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

	private void begin(ClientConnection current, BodyWriter body) {
		ByteBuf again = this.replay;
		if (again != null) {
			body.write(Unpooled.copiedBuffer(again));
		}
		if (this.ended) {
			body.end();
			this.open = false;
			current.flushSoon();
			return;
		}
		current.awaitBody(false);
		schedule();
	}

	/**
	 * Takes no more of the body.
	 * @return whether the peer has all of it
	 */
	boolean stop() {
		stopHolding();
		boolean complete = !this.open || (this.writer != null && this.writer.isComplete());
		this.open = false;
		this.connection = null;
		return complete;
	}

	boolean isOpen() {
		return this.open;
	}

	/** Whether the application has been asked for payload in this attempt. */
	boolean isConsumed() {
		return this.consumed;
	}

	/** Whether a body can be sent again from the start. */
	boolean isRepeatable() {
		// A multipart body would have to be cut anew, the next head has another boundary
		return !this.consumed || (this.keepsReplay && !this.replayLost && this.multipart == null);
	}

	/** Whose payload the next slot is for, {@code null} for the stream's own. */
	@Nullable String rideshare() {
		return (this.multipart != null) ? this.part.name() : null;
	}

	void requestWrite() {
		if (this.open) {
			this.wanted = true;
			schedule();
		}
	}

	void schedule() {
		if (!this.scheduled) {
			this.scheduled = true;
			this.link.executor().execute(this::run);
		}
	}

	private void run() {
		this.scheduled = false;
		pump();
	}

	void pump() {
		ClientConnection current = this.connection;
		if (current == null || this.holding != null) {
			return;
		}
		int slots = 0;
		while (this.open && this.wanted && current.channel().isWritable()) {
			if (slots++ == SLOTS_PER_TURN) {
				schedule();
				break;
			}
			this.wanted = false;
			this.consumed = true;
			this.link.writable(SLOT_CAPACITY);
			String problem = this.broken;
			if (problem != null) {
				this.broken = null;
				this.failure.broken(problem);
				return;
			}
			if (isGone(current)) {
				return;
			}
		}
		current.flushSoon();
		BodyWriter body = this.writer;
		if (this.open && body != null && body.isComplete()) {
			current.awaitHead();
		}
		else if (this.open) {
			current.awaitBody(!current.channel().isWritable());
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isGone(ClientConnection current) {
		return this.connection != current;
	}

	/**
	 * Takes what the application gives; from inside a slot.
	 * @param payload the bytes, of which ownership is taken
	 * @param flags {@link PayloadFlags}
	 */
	void write(ByteBuf payload, int flags) {
		BodyWriter body = this.writer;
		if (!this.open || body == null) {
			payload.release();
			return;
		}
		boolean end = (flags & PayloadFlags.EOM) != 0;
		int size = payload.readableBytes();
		if (body.isTooMuch(size)) {
			payload.release();
			this.broken = "request body is longer than announced, by " + (size - body.remaining()) + " bytes or more";
			return;
		}
		if (end && body.remaining() > size) {
			payload.release();
			this.broken = "request body is shorter than announced, by " + (body.remaining() - size) + " bytes";
			return;
		}
		if (this.multipart != null && !this.partOpen) {
			this.partOpen = true;
			body.write(kept(BodyWriter.wrap(this.multipart.start(multipartOf(this.part)))));
		}
		body.write(kept(payload));
		// A slot with neither bytes nor marks was not used
		this.wanted = !end && (size > 0 || flags != 0);
		if (end) {
			endOfPart(body);
		}
	}

	private void endOfPart(BodyWriter body) {
		MultipartFraming framing = this.multipart;
		if (framing != null) {
			String rideshare = this.part.features().rideshare();
			StreamPolicy next = rideshare.isEmpty() ? null : this.services.streamTypes().apply(rideshare);
			if (next != null) {
				this.part = next;
				this.partOpen = false;
				this.wanted = true;
				return;
			}
			body.write(kept(BodyWriter.wrap(framing.end())));
		}
		body.end();
		this.ended = true;
		this.open = false;
		ClientConnection current = this.connection;
		if (current != null) {
			current.awaitHead();
		}
	}

	private static Multipart multipartOf(StreamPolicy policy) {
		return (policy.protocol() instanceof HttpPolicy http) ? http.body().multipart() : Multipart.NONE;
	}

	private ByteBuf kept(ByteBuf payload) {
		if (this.keepsReplay && !this.replayLost) {
			ByteBuf kept = (this.replay != null) ? this.replay : Unpooled.buffer(256);
			this.replay = kept;
			if (kept.readableBytes() + payload.readableBytes() > this.services.limits().maxRepeatableBody()) {
				this.replayLost = true;
				this.replay = null;
			}
			else {
				kept.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
			}
		}
		return payload;
	}

}
