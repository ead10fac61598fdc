package io.securestreams.engine.stream;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;

/**
 * A stream as the application sees it: who it is, what it tells, and what it is given to
 * send or to answer. What it is only asked for is in {@link StreamCalls}.
 *
 * @param <F> kind of the fulfilment
 */
public final class ManagedStream<F extends Fulfilment> extends StreamCalls {

	private static final int OK = 200;

	private static final int NOT_FOUND = 404;

	private static final int MIN_STATUS = 200;

	private static final int MAX_STATUS = 599;

	private final long createdMillis;

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
		this(name.streamType(), name.serial(), role, executor, handler, parts);
	}

	/**
	 * Makes a stream, and its name; nothing happens before {@link #start()}.
	 * @param streamType the streamtype
	 * @param role what it is
	 * @param executor where it lives
	 * @param handler what receives its events
	 * @param parts what else it is made of
	 */
	public ManagedStream(String streamType, StreamRole role, StreamExecutor executor, StreamHandler handler,
			Parts<F> parts) {
		this(streamType, nextSerial(), role, executor, handler, parts);
	}

	private ManagedStream(String streamType, long serial, StreamRole role, StreamExecutor executor,
			StreamHandler handler, Parts<F> parts) {
		super(streamType, serial, role, executor, handler, parts);
		this.createdMillis = executor.epochMillis();
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
		return this.core.announcer().inCallback() && this.core.executor().equals(executor);
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

	@Override
	public @Nullable StreamPolicy policy() {
		return this.fulfilment.policy();
	}

	@Override
	public StreamState state() {
		StreamState last = this.core.announcer().state();
		return (last != null) ? last : StreamState.CREATING;
	}

	@Override
	public StreamMetadata metadata() {
		return this.core.metadata();
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
		if (isClosed()) {
			return CompletableFuture.failedFuture(new StreamClosedException("stream " + id() + " is gone"));
		}
		boolean queued = this.fulfilment.catchUp();
		CompletionStage<Long> done;
		try {
			done = this.core.tx().sends().queue().add(message);
			queued = true;
		}
		catch (StreamOverflowException ex) {
			overflow(ex);
			done = CompletableFuture.failedFuture(ex);
		}
		if (queued) {
			sendQueued();
		}
		return done;
	}

	/**
	 * Takes a message that nobody changes any more; {@link #sendQueued()} follows.
	 * Nothing of others is called.
	 * @param message the message, not copied
	 * @throws StreamOverflowException if too much is waiting; {@link #overflow} follows
	 */
	public void take(byte[] message) {
		this.core.tx().sends().queue().add(message);
	}

	/**
	 * A message has not been taken.
	 * @param failure why
	 */
	public void overflow(StreamOverflowException failure) {
		if (this.fulfilment.overflow(failure)) {
			close();
		}
	}

	@Override
	public void drain() {
		if (this.fulfilment.catchUp()) {
			sendQueued();
		}
		super.drain();
	}

	/**
	 * Sends what has been taken. If the stream has ended meanwhile, this fails it.
	 */
	public void sendQueued() {
		this.core.submit(Requests.SEND);
	}

	@Override
	public boolean isClosed() {
		return this.core.announcer().state() == StreamState.DESTROYING;
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
		CompletableFuture<Long> done;
		try {
			done = this.core.tx().sends().queue().add(copy);
		}
		catch (StreamOverflowException ex) {
			// The request waits for another answer
			this.core.withdraw(answer);
			return CompletableFuture.failedFuture(ex);
		}
		this.core.submit(Requests.RESPOND | Requests.SEND);
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
		this.core.submit(Requests.RESPOND);
	}

	private void take(Requests.Answer answer) {
		if (role() != StreamRole.ACCEPTED) {
			throw new IllegalStateException(
					"stream " + id() + " has no request to answer (expected: an accepted stream's)");
		}
		if (isClosed()) {
			throw new StreamClosedException("stream " + id() + " is gone, and its request with it");
		}
		if (!this.core.answer(answer)) {
			throw new IllegalStateException("stream " + id() + ": its request has been answered already");
		}
	}

	@Override
	public int answeredStatus() {
		Requests.Answer answer = this.core.answer();
		if (answer == null) {
			return 0;
		}
		return (answer.status() != AcceptedTransport.USUAL) ? answer.status() : answer.whole() ? NOT_FOUND : OK;
	}

	@Override
	public void handler(StreamHandler next) {
		this.core.announcer().handler(next);
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
		return StreamSnapshot.builder(id(), streamType(), role())
			.protocol(protocol())
			.state(state(), Instant.ofEpochMilli(this.core.announcer().sinceMillis()))
			.created(Instant.ofEpochMilli(this.createdMillis))
			.peer(this.fulfilment.peer())
			.retryCount(this.fulfilment.retryCount())
			.counters(this.core.counts())
			.lastFailure(lastFailure())
			.build();
	}

	private String protocol() {
		boolean local = role() == StreamRole.SOURCE || role() == StreamRole.SINK;
		return local ? "local" : this.fulfilment.protocol();
	}

	/**
	 * What a stream is made of.
	 *
	 * @param settings what it has in common with others
	 * @param metadata its metadata
	 * @param fulfilment makes what does what it is asked for
	 * @param ended called with its name when it is gone
	 * @param <F> kind of the fulfilment
	 */
	public record Parts<F extends Fulfilment>(StreamSettings settings, MetadataStore metadata,
			Function<StreamCore, F> fulfilment, Consumer<StreamName> ended) {

	}

}
