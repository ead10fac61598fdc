package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only place that calls the application. Checks what may be announced, remembers what
 * was, and keeps what a handler throws away from the engine.
 */
public abstract sealed class Announcer permits RxGate {

	private static final Logger log = LoggerFactory.getLogger(Announcer.class);

	private static final StreamState[] STATES = StreamState.values();

	private static final VarHandle STATE;

	private static final VarHandle SINCE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			STATE = lookup.findVarHandle(Announcer.class, "state", int.class);
			SINCE = lookup.findVarHandle(Announcer.class, "since", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final StreamCalls stream;

	private final SerialContext context;

	private final StreamSettings settings;

	/** With the first there is to receive. */
	private @Nullable ReceivedPayload payload;

	private volatile StreamHandler handler;

	/**
	 * One more than the ordinal, 0 before the first: a reference would cost the garbage
	 * collector's barrier for each state.
	 */
	private int state;

	private long since;

	/** Written by any thread. */
	private volatile @Nullable Throwable fault;

	/** It was not the handler that threw it. */
	private volatile boolean own;

	Announcer(StreamCalls stream, SerialContext context, StreamHandler handler, StreamSettings settings) {
		this.stream = stream;
		this.context = context;
		this.settings = settings;
		this.handler = handler;
	}

	final StreamName stream() {
		return this.stream;
	}

	final SerialContext context() {
		return this.context;
	}

	final void handler(StreamHandler next) {
		this.handler = next;
	}

	/** From any thread. */
	final @Nullable StreamState state() {
		return named((int) STATE.getAcquire(this));
	}

	private static @Nullable StreamState named(int state) {
		return (state != 0) ? STATES[state - 1] : null;
	}

	/** From any thread. */
	final long sinceMillis() {
		return (long) SINCE.getAcquire(this);
	}

	/**
	 * Whether a state is the last that was announced.
	 * @param announced the state
	 * @return {@code true} if it is
	 */
	public final boolean isLast(StreamState announced) {
		return this.state == announced.ordinal() + 1;
	}

	/**
	 * Whether a state may be announced now.
	 * @param next the state
	 * @return {@code false} if {@link #announce} would refuse it
	 */
	public final boolean allows(StreamState next) {
		return StateRules.allows(named(this.state), next);
	}

	/**
	 * Whether the application is being called right now.
	 * @return {@code true} inside a callback
	 */
	public final boolean inCallback() {
		return this.context.inCallback();
	}

	/**
	 * Returns what was thrown last, by the handler if {@link #isFaultOwn()} does not deny
	 * it.
	 * @return the exception, or {@code null} if it has not thrown yet
	 */
	public final @Nullable Throwable fault() {
		return this.fault;
	}

	/**
	 * Whether it was not the handler that threw {@link #fault()}.
	 * @return {@code true} if the defect is not the application's
	 */
	public final boolean isFaultOwn() {
		return this.own;
	}

	/**
	 * Announces a state: the one door.
	 * @param next the state
	 * @param ordinal see {@link StreamHandler#onState}
	 */
	public final void announce(StreamState next, long ordinal) {
		StreamState last = named(this.state);
		if (!StateRules.allows(last, next)) {
			refuse(last, next);
			return;
		}
		if (!StateRules.isExempt(next)) {
			SINCE.setRelease(this, this.context.executor().epochMillis());
			STATE.setRelease(this, next.ordinal() + 1);
		}
		if (log.isDebugEnabled()) {
			log.debug("[{}] {} after {}, ordinal {}", this.stream.id(), next, last, ordinal);
		}
		List<StreamObserver> observers = this.settings.observers();
		for (int i = 0; i < observers.size(); i++) {
			observe(observers.get(i), next, ordinal);
		}
		this.context.inCallback(true);
		try {
			this.handler.onState(this.stream, next, ordinal);
		}
		catch (Throwable ex) {
			thrown(next, ex);
		}
		finally {
			this.context.inCallback(false);
		}
	}

	private void refuse(@Nullable StreamState last, StreamState next) {
		String message = "[" + this.stream.id() + "] defect: " + next + " must not follow " + last;
		if (this.settings.strict()) {
			throw new IllegalStateException(message);
		}
		log.error("{}; not announced", message, new IllegalStateException());
	}

	/**
	 * Announces a user state.
	 * @param userState at least {@link StreamState#FIRST_USER_STATE}
	 */
	public final void userState(int userState) {
		this.context.inCallback(true);
		try {
			this.handler.onUserState(this.stream, userState);
		}
		catch (Throwable ex) {
			thrown("onUserState", ex);
		}
		finally {
			this.context.inCallback(false);
		}
	}

	final ReceivedPayload payload() {
		ReceivedPayload known = this.payload;
		if (known == null) {
			known = new ReceivedPayload(this.stream.streamType());
			this.payload = known;
		}
		return known;
	}

	/** Whatever part has not been complete is not going to be. */
	final void endPart() {
		ReceivedPayload known = this.payload;
		if (known != null) {
			known.endPart();
		}
	}

	final void pass(ByteBuf content, int flags) {
		ReceivedPayload received = payload();
		this.context.inCallback(true);
		try {
			this.handler.onReceive(this.stream, received.fill(content, flags));
		}
		catch (Throwable ex) {
			thrown("onReceive", ex);
		}
		finally {
			received.clear();
			this.context.inCallback(false);
		}
	}

	final void writable(WriteSlot slot) {
		this.context.inCallback(true);
		try {
			this.handler.onWritable(this.stream, slot);
		}
		catch (Throwable ex) {
			thrown("onWritable", ex);
		}
		finally {
			this.context.inCallback(false);
		}
	}

	/**
	 * Passes timings on, the JSON form first, then the typed one.
	 * @param timings the figures
	 */
	public final void timings(ConnectionTimings timings) {
		List<StreamObserver> observers = this.settings.observers();
		for (int i = 0; i < observers.size(); i++) {
			try {
				observers.get(i).onTimings(this.stream, timings);
			}
			catch (Throwable ex) {
				log.warn("[{}] observer threw", this.stream.id(), ex);
			}
		}
		ByteBuf json = Unpooled.copiedBuffer(timings.toJson(), StandardCharsets.UTF_8);
		try {
			pass(json, PayloadFlags.SOM | PayloadFlags.EOM | PayloadFlags.PERF);
		}
		finally {
			json.release();
		}
		this.context.inCallback(true);
		try {
			this.handler.onPerf(this.stream, timings);
		}
		catch (Throwable ex) {
			thrown("onPerf", ex);
		}
		finally {
			this.context.inCallback(false);
		}
	}

	private void observe(StreamObserver observer, StreamState next, long ordinal) {
		try {
			observer.onState(this.stream, next, ordinal);
		}
		catch (Throwable ex) {
			log.warn("[{}] observer threw", this.stream.id(), ex);
		}
	}

	private void thrown(StreamState during, Throwable ex) {
		switch (during) {
			case CREATING, SINK_JOIN -> {
				log.warn("[{}] handler threw in {}, the stream is closed", this.stream.id(), during, ex);
				this.fault = ex;
				this.context.requests().add(Requests.CLOSE);
			}
			// There is no connection that could be dropped
			case DISCONNECTED, UNREACHABLE, ALL_RETRIES_FAILED, DESTROYING ->
				log.warn("[{}] handler threw in {}", this.stream.id(), during, ex);
			default -> thrown(during.name(), ex);
		}
	}

	/** The handler has failed on a thread of its own; {@link Requests#FAULT} follows. */
	final void failed(Throwable ex) {
		log.warn("[{}] handler failed, the connection is dropped", this.stream.id(), ex);
		this.own = false;
		this.fault = ex;
	}

	/** Something of ours has failed; what it was doing is not left half done. */
	final void broken(Throwable ex) {
		if (this.settings.strict() && !(ex instanceof OutOfMemoryError)) {
			throw new AssertionError(ex);
		}
		log.error("[{}] the connection is dropped", this.stream.id(), ex);
		this.own = true;
		this.fault = ex;
	}

	private void thrown(String where, Throwable ex) {
		log.warn("[{}] handler threw in {}, the connection is dropped", this.stream.id(), where, ex);
		this.own = false;
		this.fault = ex;
		this.context.requests().add(Requests.FAULT);
	}

}
