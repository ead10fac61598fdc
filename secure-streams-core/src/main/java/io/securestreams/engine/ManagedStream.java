package io.securestreams.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Metadata;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;

/**
 * A stream as the application holds it: takes calls from any thread to the stream's
 * executor, and keeps what may be read from any thread.
 */
final class ManagedStream implements SecureStream {

	private static final long NO_LENGTH = -1;

	private final String id;

	private final String streamType;

	private final StreamRole role;

	private final SerialContext serial;

	private final Transmission transmission;

	private final LifeCycle lifeCycle;

	private final MetadataStore metadata;

	private final StreamCounters counters = new StreamCounters();

	private final long createdMillis;

	private final Runnable connectOperation;

	private final Runnable requestTxOperation;

	private final Runnable disconnectOperation;

	private final Runnable closeOperation;

	/** A wake-up for requestTx from another thread is on its way. */
	private final AtomicBoolean txSignalled = new AtomicBoolean();

	private volatile StreamHandler handler;

	private volatile StreamPolicy policy;

	private volatile StreamState state = StreamState.CREATING;

	private volatile long sinceMillis;

	private volatile @Nullable String peer;

	private volatile @Nullable StreamFailure lastFailure;

	private volatile int retryCount;

	/** A callback has asked to disconnect or close; confined to the executor. */
	private boolean stopWanted;

	ManagedStream(String id, StreamRole role, StreamPolicy policy, StreamHandler handler, StreamExecutor executor,
			EngineContext engine) {
		this.id = id;
		this.streamType = policy.name();
		this.role = role;
		this.policy = policy;
		this.handler = handler;
		this.metadata = new MetadataStore(policy);
		this.serial = new SerialContext(executor);
		this.createdMillis = executor.epochMillis();
		this.sinceMillis = this.createdMillis;
		Announcer announcer = new Announcer(this, engine);
		this.transmission = new Transmission(this, announcer);
		this.lifeCycle = new LifeCycle(this, engine, this.serial, announcer, this.transmission);
		this.connectOperation = this.lifeCycle::connect;
		this.requestTxOperation = this::requestTxNow;
		this.disconnectOperation = this.lifeCycle::disconnect;
		this.closeOperation = this.lifeCycle::close;
	}

	/** Starts the life of a client stream. */
	void create() {
		this.serial.run(this.lifeCycle::create);
	}

	/**
	 * Starts the life of an accepted stream; called on its executor.
	 * @return the link, or {@code null} if the handler refuses the connection
	 */
	@Nullable StreamLink accept(EngineContext.Accepted accepted) {
		this.serial.enter();
		boolean accepts = false;
		try {
			accepts = this.lifeCycle.accept(accepted);
		}
		finally {
			this.serial.exit();
		}
		return accepts ? this.lifeCycle : null;
	}

	void drain() {
		this.serial.run(this.lifeCycle::drain);
	}

	// What the life cycle tells

	void announced(StreamState now) {
		this.state = now;
		this.sinceMillis = this.serial.executor().epochMillis();
	}

	void handlerFailed(Throwable cause) {
		this.serial.run(() -> this.lifeCycle.handlerFailed(cause));
	}

	void adopt(StreamPolicy now) {
		if (now != this.policy) {
			this.policy = now;
			this.metadata.migrate(now);
		}
	}

	boolean isStopWanted() {
		return this.stopWanted;
	}

	void stopDone() {
		this.stopWanted = false;
	}

	boolean isAccepted() {
		return this.role == StreamRole.ACCEPTED;
	}

	StreamHandler handler() {
		return this.handler;
	}

	MetadataStore metadataStore() {
		return this.metadata;
	}

	StreamCounters counters() {
		return this.counters;
	}

	int retryCount() {
		return this.retryCount;
	}

	void retryCount(int count) {
		if (count != this.retryCount) {
			this.retryCount = count;
		}
	}

	void peer(String address) {
		this.peer = address;
	}

	void lastFailure(@Nullable StreamFailure failure) {
		if (failure != this.lastFailure) {
			this.lastFailure = failure;
		}
	}

	String endpointText() {
		String address = this.peer;
		return (address != null) ? address : this.policy.endpoint().address().text();
	}

	// What the application calls

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public String streamType() {
		return this.streamType;
	}

	@Override
	public StreamRole role() {
		return this.role;
	}

	@Override
	public StreamPolicy policy() {
		return this.policy;
	}

	@Override
	public StreamState state() {
		return this.state;
	}

	@Override
	public Metadata metadata() {
		return this.metadata;
	}

	@Override
	public void connect() {
		this.serial.run(this.connectOperation);
	}

	@Override
	public void requestTx() {
		if (this.serial.executor().inContext()) {
			this.serial.run(this.requestTxOperation);
		}
		else if (this.txSignalled.compareAndSet(false, true)) {
			this.serial.executor().execute(() -> this.serial.run(this.requestTxOperation));
		}
	}

	private void requestTxNow() {
		this.txSignalled.set(false);
		this.lifeCycle.requestTx(NO_LENGTH);
	}

	@Override
	public void requestTx(long totalLength) {
		if (totalLength < 0) {
			throw new IllegalArgumentException("totalLength: " + totalLength + " (expected: 0 or more)");
		}
		this.serial.run(() -> this.lifeCycle.requestTx(totalLength));
	}

	@Override
	public CompletionStage<Void> send(byte[] message) {
		SendQueue queue = this.transmission.queue();
		SendQueue.Message queued;
		try {
			queued = queue.reserve(message.clone());
		}
		catch (StreamOverflowException ex) {
			return CompletableFuture.failedStage(ex);
		}
		this.serial.run(() -> {
			if (isClosed()) {
				queue.refuse(queued, this.id);
				return;
			}
			queue.add(queued);
			this.lifeCycle.sendQueued();
		});
		return queued.stage();
	}

	@Override
	public CompletionStage<Void> send(ByteBuffer message) {
		byte[] bytes = new byte[message.remaining()];
		message.duplicate().get(bytes);
		return send(bytes);
	}

	@Override
	public void disconnect() {
		stop(this.disconnectOperation);
	}

	@Override
	public void close() {
		stop(this.closeOperation);
	}

	private void stop(Runnable operation) {
		if (this.serial.isBusy()) {
			this.stopWanted = true;
		}
		this.serial.run(operation);
	}

	@Override
	public boolean isClosed() {
		return this.state == StreamState.DESTROYING;
	}

	@Override
	public void startTimeout() {
		startTimer(this.policy.persistence().timeout());
	}

	@Override
	public void startTimeout(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: a positive duration)");
		}
		startTimer(timeout);
	}

	private void startTimer(Duration timeout) {
		if (!timeout.isZero()) {
			this.serial.run(() -> this.lifeCycle.startTimeout(timeout));
		}
	}

	@Override
	public void cancelTimeout() {
		this.serial.run(this.lifeCycle::cancelTimeout);
	}

	@Override
	public void grantCredit(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("bytes: " + bytes + " (expected: 1 or more)");
		}
		withTransport((transport) -> transport.grantCredit(bytes));
	}

	@Override
	public void pauseReceiving() {
		withTransport(StreamTransport::pauseReading);
	}

	@Override
	public void resumeReceiving() {
		withTransport(StreamTransport::resumeReading);
	}

	@Override
	public void acknowledge() {
		respond(200);
	}

	@Override
	public void acknowledge(int status) {
		if (status < 200 || status > 599) {
			throw new IllegalArgumentException("status: " + status + " (expected: 200..599)");
		}
		respond(status);
	}

	@Override
	public void reject() {
		respond(404);
	}

	private void respond(int status) {
		if (!isAccepted()) {
			throw new IllegalStateException("stream " + this.id + " is no server's: there is nothing to answer");
		}
		withTransport((transport) -> transport.respond(status));
	}

	@Override
	public void handler(StreamHandler next) {
		this.handler = next;
	}

	@Override
	public void confirmValidity() {
		withTransport(StreamTransport::confirmValidity);
	}

	private void withTransport(Consumer<StreamTransport> operation) {
		this.serial.run(() -> {
			StreamTransport transport = this.lifeCycle.transport();
			if (transport != null) {
				operation.accept(transport);
			}
		});
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return this.lastFailure;
	}

	@Override
	public StreamSnapshot snapshot() {
		return new StreamSnapshot(this.id, this.streamType, this.role, this.policy.protocol().protocol().policyName(),
				this.state, Instant.ofEpochMilli(this.sinceMillis), Instant.ofEpochMilli(this.createdMillis), this.peer,
				this.retryCount, this.counters.snapshot(), this.lastFailure);
	}

	@Override
	public String toString() {
		return this.id + "[" + this.state + "]";
	}

}
