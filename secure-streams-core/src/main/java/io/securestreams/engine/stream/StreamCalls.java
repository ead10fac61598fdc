package io.securestreams.engine.stream;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.Suspension;

/**
 * The calls of an application that ask for something and return at once: from any thread,
 * each becomes a request, which is served on the stream's event loop.
 */
abstract class StreamCalls implements SecureStream {

	private final StreamName name;

	private final StreamRole role;

	final SerialContext context;

	final Announcer announcer;

	final StreamCore core;

	StreamCalls(StreamName name, StreamRole role, StreamExecutor executor, StreamHandler handler,
			ManagedStream.Parts<?> parts) {
		this.name = name;
		this.role = role;
		this.context = new SerialContext(executor);
		this.announcer = new Announcer(this, this.context, handler, parts.settings());
		this.core = new StreamCore(name, this.context, this.announcer, parts.metadata(), parts.ended());
	}

	@Override
	public String id() {
		return this.name.id();
	}

	@Override
	public String streamType() {
		return this.name.streamType();
	}

	@Override
	public StreamRole role() {
		return this.role;
	}

	/**
	 * There is a new policy. From any thread.
	 */
	public void policyChanged() {
		this.context.submit(Requests.POLICY);
	}

	/**
	 * The application wants its handler called. From any thread.
	 */
	public void wake() {
		this.context.submit(Requests.CALL_BACK);
	}

	/**
	 * What is going on may finish, and then the stream ends. From any thread.
	 */
	public void drain() {
		this.context.submit(Requests.DRAIN);
	}

	@Override
	public void connect() {
		this.context.submit(Requests.CONNECT);
	}

	@Override
	public void requestTx() {
		this.context.submit(Requests.TX);
	}

	@Override
	public void requestTx(long totalLength) {
		if (totalLength < 0) {
			throw new IllegalArgumentException("totalLength: " + totalLength + " (expected: 0 or more)");
		}
		this.context.requests().length(totalLength);
		this.context.submit(Requests.TX | Requests.LENGTH);
	}

	@Override
	public void disconnect() {
		this.core.tx().sends().voidWaiting();
		this.context.submit(Requests.DISCONNECT);
	}

	@Override
	public void hangUp() {
		this.context.submit(Requests.HANG_UP);
	}

	@Override
	public void fail(Throwable cause) {
		this.announcer.failed(Objects.requireNonNull(cause));
		this.context.submit(Requests.FAULT);
	}

	@Override
	public void close() {
		this.context.submit(Requests.CLOSE);
	}

	@Override
	public void startTimeout() {
		this.context.requests().timeoutMillis(0);
		this.context.submit(Requests.START_TIMEOUT);
	}

	@Override
	public void startTimeout(Duration timeout) {
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
		}
		this.context.requests().timeoutMillis(Math.max(1, timeout.toMillis()));
		this.context.submit(Requests.START_TIMEOUT);
	}

	@Override
	public void cancelTimeout() {
		this.context.submit(Requests.CANCEL_TIMEOUT);
	}

	@Override
	public void grantCredit(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("bytes: " + bytes + " (expected: positive)");
		}
		this.context.requests().addCredit(bytes);
		this.context.submit(Requests.CREDIT);
	}

	@Override
	public void pauseReceiving() {
		if (this.context.executor().inContext()) {
			this.core.rx().pause();
		}
		this.context.submit(Requests.PAUSE);
	}

	@Override
	public void resumeReceiving() {
		this.context.submit(Requests.RESUME);
	}

	@Override
	public Suspension suspendReceiving() {
		Requests requests = this.context.requests();
		requests.addSuspension();
		if (this.context.executor().inContext()) {
			this.core.rx().suspend(true);
		}
		this.context.submit(Requests.SUSPEND);
		return suspension(requests::removeSuspension);
	}

	@Override
	public Suspension suspendConnecting() {
		Requests requests = this.context.requests();
		requests.addHold();
		return suspension(requests::removeHold);
	}

	private Suspension suspension(Runnable removal) {
		AtomicBoolean over = new AtomicBoolean();
		return () -> {
			if (over.compareAndSet(false, true)) {
				removal.run();
				this.context.submit(Requests.SUSPEND);
			}
		};
	}

	@Override
	public void confirmValidity() {
		this.context.submit(Requests.VALIDITY);
	}

}
