package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor.Timer;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.HttpBody.Multipart;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.MultipartFraming;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.client.RequestHeads.RequestHead;

/**
 * Takes the body of a stream's request from the application, slot by slot, and keeps the
 * start of it where it may have to be sent again.
 */
final class RequestPayload {

	private final StreamLink link;

	private final HttpServices services;

	private final boolean keeps;

	private @Nullable Http2ClientStream stream;

	private @Nullable MultipartFraming multipart;

	private StreamPolicy part;

	private boolean partOpen;

	/** Bytes still to come, -1 where the length is not known. */
	private long left = -1;

	private boolean open;

	/** Waits for 100 (Continue). */
	private @Nullable Timer holding;

	/** Whether the application has given anything in this attempt. */
	private boolean taken;

	private boolean complete;

	private @Nullable ByteBuf kept;

	private boolean keptAll;

	private long ordinal;

	private @Nullable String problem;

	RequestPayload(StreamLink link, HttpPolicy policy, HttpServices services) {
		this.link = link;
		this.services = services;
		this.part = link.policy();
		this.keeps = policy.redirects().follow() && !policy.body().multipart().isEnabled();
	}

	/**
	 * A new attempt: nothing has been taken from the application.
	 */
	void reset() {
		this.taken = false;
		this.complete = false;
		this.kept = null;
		this.keptAll = true;
		this.ordinal = 0;
	}

	/**
	 * Whether the body can be sent from the start.
	 */
	boolean isRepeatable() {
		return !this.taken || (this.keeps && this.keptAll);
	}

	/**
	 * Returns the number of the last slot used.
	 */
	long ordinal() {
		return this.ordinal;
	}

	/**
	 * Starts the body of a request whose head is on its way.
	 * @param stream takes it
	 * @param head says how it is framed
	 */
	void start(Http2ClientStream stream, RequestHead head) {
		this.open = head.body().slots();
		this.problem = null;
		if (!this.open) {
			return;
		}
		this.stream = stream;
		this.left = head.body().length();
		this.multipart = head.multipart();
		this.part = this.link.policy();
		this.partOpen = false;
		if (head.expects()) {
			this.holding = this.link.executor()
				.schedule(this::proceed, this.services.limits().continueTimeout().toMillis());
			return;
		}
		begin(stream);
	}

	/**
	 * The peer wants the body, or has had time enough to say that it does not.
	 */
	void proceed() {
		Http2Stream stream = this.stream;
		if (stopHolding() && this.open && stream != null) {
			begin(stream);
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

	private void begin(Http2Stream stream) {
		if (this.kept != null) {
			this.left -= (this.left >= 0) ? this.kept.readableBytes() : 0;
			this.open = !this.complete;
			stream.write(Unpooled.copiedBuffer(this.kept), this.complete);
		}
		requestWrite();
	}

	/**
	 * Takes no more.
	 */
	void stop() {
		stopHolding();
		this.open = false;
		this.stream = null;
	}

	void requestWrite() {
		if (this.open && this.stream != null && this.holding == null) {
			this.stream.requestWrite();
		}
	}

	/**
	 * Whose payload the next slot is for, {@code null} for the stream's own.
	 */
	@Nullable String rideshare() {
		return (this.multipart != null) ? this.part.name() : null;
	}

	/**
	 * Asks the application.
	 * @param capacity most bytes
	 * @return what the application has done wrong, or {@code null}
	 */
	@Nullable String ask(int capacity) {
		if (this.open) {
			this.link.writable((this.left >= 0) ? (int) Math.min(capacity, this.left) : capacity);
		}
		String problem = this.problem;
		this.problem = null;
		return problem;
	}

	/**
	 * Takes what the application gives; from inside {@link #ask}.
	 * @param payload released here
	 * @param flags {@link PayloadFlags}
	 * @param ordinal the slot's number
	 */
	void write(ByteBuf payload, int flags, long ordinal) {
		Http2ClientStream stream = this.stream;
		boolean end = (flags & PayloadFlags.EOM) != 0;
		int length = payload.readableBytes();
		if (stream == null || !this.open || (length == 0 && flags == 0)) {
			payload.release();
			return;
		}
		this.ordinal = ordinal;
		this.taken = true;
		if (this.left >= 0 && (length > this.left || (end && length < this.left))) {
			payload.release();
			this.problem = "request body is " + ((length > this.left) ? "longer" : "shorter") + " than announced";
			return;
		}
		keep(payload);
		if (this.multipart != null) {
			writePart(stream, this.multipart, payload, end);
			return;
		}
		if (this.left >= 0) {
			this.left -= length;
			end = this.left == 0;
		}
		this.complete = end;
		this.open = !end;
		stream.write(payload, end);
		requestWrite();
	}

	private void writePart(Http2ClientStream stream, MultipartFraming framing, ByteBuf payload, boolean end) {
		if (!this.partOpen) {
			this.partOpen = true;
			stream.write(Unpooled.wrappedBuffer(framing.start(multipartOf(this.part))), false);
		}
		stream.write(payload, false);
		if (end) {
			String rideshare = this.part.features().rideshare();
			StreamPolicy next = rideshare.isEmpty() ? null : this.services.streamTypes().apply(rideshare);
			if (next == null) {
				this.complete = true;
				this.open = false;
				stream.write(Unpooled.wrappedBuffer(framing.end()), true);
				return;
			}
			this.part = next;
			this.partOpen = false;
		}
		requestWrite();
	}

	private void keep(ByteBuf payload) {
		if (!this.keeps || !this.keptAll) {
			return;
		}
		ByteBuf kept = (this.kept != null) ? this.kept : Unpooled.buffer(256);
		this.keptAll = kept.readableBytes() + payload.readableBytes() <= this.services.limits().maxRepeatableBody();
		this.kept = this.keptAll ? kept.writeBytes(payload, payload.readerIndex(), payload.readableBytes()) : null;
	}

	private static Multipart multipartOf(StreamPolicy policy) {
		return (policy.protocol() instanceof HttpPolicy http) ? http.body().multipart() : Multipart.NONE;
	}

}
