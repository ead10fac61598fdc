package io.securestreams.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;

/**
 * A stream as the application sees it: turns calls from any thread into requests to its
 * {@link StreamLife}.
 */
final class ManagedStream implements SecureStream {

	private static final int MIN_STATUS = 200;

	private static final int MAX_STATUS = 599;

	private final StreamName name;

	private final StreamRole role;

	private final Instant created;

	private final SerialContext context;

	private final Announcer announcer;

	private final Binding binding;

	private final StreamLife life;

	private final Runnable ended;

	/**
	 * Makes a stream; nothing happens before {@link #start()}.
	 * @param name what it is called
	 * @param engine what it belongs to
	 * @param binding its policy, and the connection it was accepted with
	 * @param executor where it lives
	 * @param handler what receives its events
	 * @param role client or accepted
	 * @param ended called when it is gone
	 */
	ManagedStream(StreamName name, StreamEngine engine, Binding binding, StreamExecutor executor, StreamHandler handler,
			StreamRole role, Runnable ended) {
		this.name = name;
		this.role = role;
		this.binding = binding;
		this.ended = ended;
		this.created = Instant.ofEpochMilli(executor.epochMillis());
		this.context = new SerialContext(executor);
		this.announcer = new Announcer(this, this.context, handler, engine.settings());
		this.life = new StreamLife(this, engine, binding, this.announcer, this.context);
	}

	/** Announces the stream; on its event loop, once. */
	void start() {
		this.life.start();
	}

	/** Whether the handler is being called by an executor; a guess from other threads. */
	boolean isCalledBy(StreamExecutor executor) {
		return this.announcer.inCallback() && this.context.executor().equals(executor);
	}

	StreamLife life() {
		return this.life;
	}

	/** The stream has announced its end. */
	void ended() {
		this.ended.run();
	}

	/** There is a new policy. */
	void policyChanged() {
		this.context.submit(Requests.POLICY);
	}

	/** The application wants its handler called. */
	void wake() {
		this.context.submit(Requests.CALL_BACK);
	}

	/** What is going on may finish, and then the stream ends. */
	void drain() {
		this.context.submit(Requests.DRAIN);
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

	@Override
	public StreamPolicy policy() {
		return this.binding.policy();
	}

	@Override
	public StreamState state() {
		StreamState last = this.announcer.state();
		return (last != null) ? last : StreamState.CREATING;
	}

	@Override
	public StreamMetadata metadata() {
		return this.life.metadata();
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
	public CompletionStage<Long> send(byte[] message) {
		return enqueue(message.clone());
	}

	@Override
	public CompletionStage<Long> send(ByteBuffer message) {
		byte[] copy = new byte[message.remaining()];
		message.duplicate().get(copy);
		return enqueue(copy);
	}

	/** Takes a message that nobody changes any more. */
	CompletionStage<Long> enqueue(byte[] message) {
		if (isClosed()) {
			return CompletableFuture.failedFuture(new StreamClosedException("stream " + id() + " is gone"));
		}
		CompletionStage<Long> done;
		try {
			done = this.life.tx().queue().add(message);
		}
		catch (StreamOverflowException ex) {
			if (this.role == StreamRole.ACCEPTED && OverflowRule.of(policy()) == OverflowRule.DISCONNECT) {
				this.life.overflow(ex);
				close();
			}
			return CompletableFuture.failedFuture(ex);
		}
		// If the stream has ended meanwhile, this fails the message
		this.context.submit(Requests.SEND);
		return done;
	}

	@Override
	public void disconnect() {
		this.context.submit(Requests.DISCONNECT);
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
	public boolean isClosed() {
		return this.announcer.state() == StreamState.DESTROYING;
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
			this.life.pauseNow();
		}
		this.context.submit(Requests.PAUSE);
	}

	@Override
	public void resumeReceiving() {
		this.context.submit(Requests.RESUME);
	}

	@Override
	public void acknowledge() {
		respond(Requests.Answer.AGREED);
	}

	@Override
	public void acknowledge(int status) {
		respond(new Requests.Answer(checked(status), false));
	}

	@Override
	public void answer(int status) {
		respond(new Requests.Answer(checked(status), true));
	}

	@Override
	public CompletionStage<Long> answer(int status, byte[] body) {
		Requests.Answer answer = new Requests.Answer(checked(status), false);
		byte[] copy = body.clone();
		take(answer);
		CompletableFuture<Long> done = this.life.tx().queue().add(copy);
		this.context.submit(Requests.RESPOND | Requests.SEND);
		return done;
	}

	@Override
	public void reject() {
		respond(Requests.Answer.REJECTED);
	}

	private static int checked(int status) {
		if (status < MIN_STATUS || status > MAX_STATUS) {
			throw new IllegalArgumentException(
					"status: " + status + " (expected: " + MIN_STATUS + ".." + MAX_STATUS + ")");
		}
		return status;
	}

	private void respond(Requests.Answer answer) {
		take(answer);
		this.context.submit(Requests.RESPOND);
	}

	private void take(Requests.Answer answer) {
		if (this.role != StreamRole.ACCEPTED) {
			throw new IllegalStateException(
					"stream " + id() + " has no request to answer (expected: an accepted stream's)");
		}
		if (isClosed()) {
			throw new StreamClosedException("stream " + id() + " is gone, and its request with it");
		}
		if (!this.context.requests().answer(answer)) {
			throw new IllegalStateException("stream " + id() + ": its request has been answered already");
		}
	}

	@Override
	public void handler(StreamHandler next) {
		this.announcer.handler(next);
	}

	@Override
	public void confirmValidity() {
		this.context.submit(Requests.VALIDITY);
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return this.life.lastFailure();
	}

	@Override
	public StreamSnapshot snapshot() {
		return new StreamSnapshot(id(), streamType(), this.role, protocol(), state(),
				Instant.ofEpochMilli(this.announcer.sinceMillis()), this.created, this.life.peer(),
				this.life.retryCount(), this.life.counters().snapshot(), lastFailure());
	}

	private String protocol() {
		boolean local = this.role == StreamRole.SOURCE || this.role == StreamRole.SINK;
		return local ? "local" : policy().protocol().protocol().policyName();
	}

	@Override
	public String toString() {
		return id();
	}

}
