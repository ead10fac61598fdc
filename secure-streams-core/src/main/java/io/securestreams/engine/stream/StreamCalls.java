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
abstract sealed class StreamCalls extends StreamName implements SecureStream permits ManagedStream {

	private final StreamRole role;

	final StreamCore core;

	StreamCalls(String streamType, long serial, StreamRole role, StreamExecutor executor, StreamHandler handler,
			ManagedStream.Parts<?> parts) {
		super(streamType, serial);
		this.role = role;
		this.core = new RequestWork(this, executor, handler, parts);
	}

	@Override
	public StreamRole role() {
		return this.role;
	}

	/**
	 * There is a new policy. From any thread.
	 */
	public void policyChanged() {
		this.core.submit(Requests.POLICY);
	}

	/**
	 * The application wants its handler called. From any thread.
	 */
	public void wake() {
		this.core.submit(Requests.CALL_BACK);
	}

	/**
	 * What is going on may finish, and then the stream ends. From any thread.
	 */
	public void drain() {
		this.core.submit(Requests.DRAIN);
	}

	@Override
	public void connect() {
		this.core.submit(Requests.CONNECT);
	}

	@Override
	public void requestTx() {
		this.core.submit(Requests.TX);
	}

	@Override
	public void requestTx(long totalLength) {
		if (totalLength < 0) {
			throw new IllegalArgumentException("totalLength: " + totalLength + " (expected: 0 or more)");
		}
		this.core.length(totalLength);
		this.core.submit(Requests.TX | Requests.LENGTH);
	}

	@Override
	public void disconnect() {
		this.core.tx().sends().voidWaiting();
		this.core.submit(Requests.DISCONNECT);
	}

	@Override
	public void hangUp() {
		this.core.submit(Requests.HANG_UP);
	}

	@Override
	public void fail(Throwable cause) {
		this.core.announcer().failed(Objects.requireNonNull(cause));
		this.core.submit(Requests.FAULT);
	}

	@Override
	public void close() {
		this.core.submit(Requests.CLOSE);
	}

	@Override
	public void startTimeout() {
		this.core.timeoutMillis(0);
		this.core.submit(Requests.START_TIMEOUT);
	}

	@Override
	public void startTimeout(Duration timeout) {
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
		}
		this.core.timeoutMillis(Math.max(1, timeout.toMillis()));
		this.core.submit(Requests.START_TIMEOUT);
	}

	@Override
	public void cancelTimeout() {
		this.core.submit(Requests.CANCEL_TIMEOUT);
	}

	@Override
	public void grantCredit(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("bytes: " + bytes + " (expected: positive)");
		}
		this.core.addCredit(bytes);
		this.core.submit(Requests.CREDIT);
	}

	@Override
	public void pauseReceiving() {
		if (this.core.executor().inContext()) {
			this.core.rx().pause();
		}
		this.core.submit(Requests.PAUSE);
	}

	@Override
	public void resumeReceiving() {
		this.core.submit(Requests.RESUME);
	}

	@Override
	public Suspension suspendReceiving() {
		Requests requests = this.core;
		requests.addSuspension();
		if (this.core.executor().inContext()) {
			this.core.rx().suspend(true);
		}
		this.core.submit(Requests.SUSPEND);
		return suspension(requests::removeSuspension);
	}

	@Override
	public Suspension suspendConnecting() {
		Requests requests = this.core;
		requests.addHold();
		return suspension(requests::removeHold);
	}

	private Suspension suspension(Runnable removal) {
		AtomicBoolean over = new AtomicBoolean();
		return () -> {
			if (over.compareAndSet(false, true)) {
				removal.run();
				this.core.submit(Requests.SUSPEND);
			}
		};
	}

	@Override
	public void confirmValidity() {
		this.core.submit(Requests.VALIDITY);
	}

}
