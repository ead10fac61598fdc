package io.securestreams.engine.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.ReceiveSuspension;
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
 * {@link Fulfilment}.
 *
 * @param <F> kind of the fulfilment
 */
public final class ManagedStream<F extends Fulfilment> implements SecureStream {

	private static final int MIN_STATUS = 200;

	private static final int MAX_STATUS = 599;

	private final StreamName name;

	private final StreamRole role;

	private final Instant created;

	private final SerialContext context;

	private final Announcer announcer;

	private final StreamCore core;

	private final F fulfilment;

	/**
	 * Makes a stream; nothing happens before {@link #start()}.
	 * @param name what it is called
	 * @param role what it is
	 * @param executor where it lives
	 * @param handler what receives its events
	 * @param parts what else it is made of
	 */
	public ManagedStream(StreamName name, StreamRole role, StreamExecutor executor, StreamHandler handler,
			Parts<F> parts) {
		this.name = name;
		this.role = role;
		this.created = Instant.ofEpochMilli(executor.epochMillis());
		this.context = new SerialContext(executor);
		this.announcer = new Announcer(this, this.context, handler, parts.settings());
		this.core = new StreamCore(name, this.context, this.announcer, parts.metadata(), parts.ended());
		this.fulfilment = parts.fulfilment().apply(this.core);
		this.core.serve(this.fulfilment);
	}

	/**
	 * Returns what does what it is asked for.
	 * @return the fulfilment
	 */
	public F fulfilment() {
		return this.fulfilment;
	}

	/**
	 * Whether the handler is being called by an executor; a guess from other threads.
	 * @param executor the executor
	 * @return {@code true} if it is, as far as is known
	 */
	public boolean isCalledBy(StreamExecutor executor) {
		return this.announcer.inCallback() && this.context.executor().equals(executor);
	}

	/**
	 * Announces the stream; on its event loop, once.
	 */
	public void start() {
		this.core.start();
	}

	/**
	 * Asks the sink's handler whether a source may join; on its event loop, before
	 * {@link #start()}.
	 * @param sources how many have joined already
	 * @return {@code false} if it closed the stream, which has ended then
	 */
	public boolean join(int sources) {
		return this.core.join(sources);
	}

	/**
	 * Its executor is gone: it has never been announced, and is not going to be.
	 */
	public void forget() {
		this.core.forget();
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
	public @Nullable StreamPolicy policy() {
		return this.fulfilment.policy();
	}

	@Override
	public StreamState state() {
		StreamState last = this.announcer.state();
		return (last != null) ? last : StreamState.CREATING;
	}

	@Override
	public StreamMetadata metadata() {
		return this.core.metadata();
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
		return sendShared(message.clone());
	}

	@Override
	public CompletionStage<Long> send(ByteBuffer message) {
		byte[] copy = new byte[message.remaining()];
		message.duplicate().get(copy);
		return sendShared(copy);
	}

	private CompletionStage<Long> sendShared(byte[] message) {
		CompletionStage<Long> done = enqueue(message);
		if (!done.toCompletableFuture().isCompletedExceptionally()) {
			sendQueued();
		}
		return done;
	}

	/**
	 * Takes a message that nobody changes any more; {@link #sendQueued()} follows.
	 * @param message the message, not copied
	 * @return see {@link #send(byte[])}; failed already if the message is not taken
	 */
	public CompletionStage<Long> enqueue(byte[] message) {
		if (isClosed()) {
			return CompletableFuture.failedFuture(new StreamClosedException("stream " + id() + " is gone"));
		}
		try {
			return this.core.tx().queue().add(message);
		}
		catch (StreamOverflowException ex) {
			if (this.fulfilment.overflow(ex)) {
				close();
			}
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Sends what has been taken. If the stream has ended meanwhile, this fails it.
	 */
	public void sendQueued() {
		this.context.submit(Requests.SEND);
	}

	@Override
	public void disconnect() {
		this.core.tx().voidWaiting();
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
			this.core.rx().pause();
		}
		this.context.submit(Requests.PAUSE);
	}

	@Override
	public void resumeReceiving() {
		this.context.submit(Requests.RESUME);
	}

	@Override
	public ReceiveSuspension suspendReceiving() {
		Requests requests = this.context.requests();
		requests.addSuspension();
		if (this.context.executor().inContext()) {
			this.core.rx().suspend(true);
		}
		this.context.submit(Requests.SUSPEND);
		AtomicBoolean over = new AtomicBoolean();
		return () -> {
			if (over.compareAndSet(false, true)) {
				requests.removeSuspension();
				this.context.submit(Requests.SUSPEND);
			}
		};
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
		CompletableFuture<Long> done = this.core.tx().queue().add(copy);
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
		return this.fulfilment.lastFailure();
	}

	@Override
	public boolean isTransactional() {
		return this.core.tx().isTransactional();
	}

	@Override
	public @Nullable HttpAnswer lastAnswer() {
		return this.fulfilment.lastAnswer();
	}

	@Override
	public StreamSnapshot snapshot() {
		return StreamSnapshot.builder(id(), streamType(), this.role)
			.protocol(protocol())
			.state(state(), Instant.ofEpochMilli(this.announcer.sinceMillis()))
			.created(this.created)
			.peer(this.fulfilment.peer())
			.retryCount(this.fulfilment.retryCount())
			.counters(this.core.counters().snapshot())
			.lastFailure(lastFailure())
			.build();
	}

	private String protocol() {
		boolean local = this.role == StreamRole.SOURCE || this.role == StreamRole.SINK;
		return local ? "local" : this.fulfilment.protocol();
	}

	@Override
	public String toString() {
		return id();
	}

	/**
	 * What a stream is made of.
	 *
	 * @param settings what it has in common with others
	 * @param metadata its metadata
	 * @param fulfilment makes what does what it is asked for
	 * @param ended called when it is gone
	 * @param <F> kind of the fulfilment
	 */
	public record Parts<F extends Fulfilment>(StreamSettings settings, MetadataStore metadata,
			Function<StreamCore, F> fulfilment, Runnable ended) {

	}

}
