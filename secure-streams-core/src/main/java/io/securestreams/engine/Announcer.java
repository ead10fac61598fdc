package io.securestreams.engine;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamObserver;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * The one door through which a stream's events reach observers and handler. Checks every
 * state against {@link StateRules}; a handler that throws loses the connection. Confined
 * to the stream's executor.
 */
final class Announcer {

	private static final Logger logger = LoggerFactory.getLogger(Announcer.class);

	/** Lets tests fail on a transition that production logs and drops. */
	static volatile boolean strict;

	private final ManagedStream stream;

	private final EngineContext engine;

	private final ReceivedPayload payload;

	private @Nullable StreamState last;

	private boolean failed;

	Announcer(ManagedStream stream, EngineContext engine) {
		this.stream = stream;
		this.engine = engine;
		this.payload = new ReceivedPayload(stream.streamType());
	}

	@Nullable StreamState last() {
		return this.last;
	}

	/** Whether the handler has thrown while the stream was being created. */
	boolean failed() {
		return this.failed;
	}

	void announce(StreamState state, long ordinal) {
		StreamState before = this.last;
		if (!StateRules.allows(before, state)) {
			IllegalStateException defect = new IllegalStateException(
					"[" + this.stream.id() + "] illegal transition from " + before + " to " + state);
			if (strict) {
				throw defect;
			}
			logger.error("A defect of Secure Streams; the event is dropped", defect);
			return;
		}
		if (!StateRules.isExempt(state)) {
			this.last = state;
			this.stream.announced(state);
		}
		for (StreamObserver observer : this.engine.observers()) {
			try {
				observer.onState(this.stream, state, ordinal);
			}
			catch (RuntimeException ex) {
				logger.warn("[{}] observer failed at {}", this.stream.id(), state, ex);
			}
		}
		try {
			this.stream.handler().onState(this.stream, state, ordinal);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			handlerThrew(ex, state.toString());
		}
	}

	void announceUser(int userState) {
		if (userState < StreamState.FIRST_USER_STATE) {
			StreamState builtIn = StreamState.ofCode(userState);
			if (builtIn != null) {
				announce(builtIn, 0);
			}
			return;
		}
		try {
			this.stream.handler().onUserState(this.stream, userState);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			handlerThrew(ex, "user state " + userState);
		}
	}

	void receive(ByteBuf content, int flags) {
		try {
			this.stream.handler().onReceive(this.stream, this.payload.fill(content, flags));
		}
		catch (Exception | LinkageError | AssertionError ex) {
			handlerThrew(ex, "onReceive");
		}
		finally {
			this.payload.clear();
		}
	}

	void writable(TxSlot slot) {
		try {
			this.stream.handler().onWritable(this.stream, slot);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			handlerThrew(ex, "onWritable");
		}
	}

	void timings(ConnectionTimings timings) {
		for (StreamObserver observer : this.engine.observers()) {
			observer.onTimings(this.stream, timings);
		}
		try {
			this.stream.handler().onPerf(this.stream, timings);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			handlerThrew(ex, "onPerf");
		}
	}

	private void handlerThrew(Throwable cause, String where) {
		StreamHandler handler = this.stream.handler();
		logger.warn("[{}] {} failed at {}; its connection is dropped", this.stream.id(), handler.getClass().getName(),
				where, cause);
		this.failed = true;
		this.stream.handlerFailed(cause);
	}

}
