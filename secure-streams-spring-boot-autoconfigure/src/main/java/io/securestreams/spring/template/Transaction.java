package io.securestreams.spring.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.spring.template.TransactionException.Outcome;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.adapter.MessageSource;
import io.securestreams.stream.adapter.OutgoingMessage;

/**
 * Handles the one stream of one transaction.
 *
 * @param <S> what the sink makes of the payload
 * @param <T> what the caller gets
 */
final class Transaction<S, T> implements StreamHandler {

	private final TransactionRequest request;

	private final Duration defaultTimeout;

	private final PayloadSink<S> sink;

	private final BiFunction<S, SecureStream, T> result;

	private final TransactionFuture<T> future = new TransactionFuture<>();

	/** A body that is not in memory. */
	private final @Nullable OutgoingMessage outgoing;

	/** The start of an answer that is no success. */
	private final RejectedBody rejected = new RejectedBody();

	/** The peer has answered before it had all of the body. */
	private volatile boolean cutOff;

	private volatile @Nullable HttpAnswer answer;

	/** The outcome is known; what follows is of no interest. */
	private boolean over;

	Transaction(TransactionRequest request, Duration defaultTimeout, PayloadSink<S> sink,
			BiFunction<S, SecureStream, T> result) {
		this.request = request;
		this.defaultTimeout = defaultTimeout;
		this.sink = sink;
		this.result = result;
		MessageSource body = request.body();
		this.outgoing = (body != null && body.bytes() == null) ? new OutgoingMessage(body) : null;
	}

	/** Whether this reads or writes what may block. */
	boolean blocks() {
		return this.outgoing != null;
	}

	TransactionFuture<T> future() {
		return this.future;
	}

	/**
	 * What the peer has answered, as far as it is known by then.
	 * @param failure why the transaction is no success, or {@code null}
	 */
	@Nullable HttpAnswer answer(@Nullable Throwable failure) {
		return (failure instanceof TransactionException told) ? told.answer() : this.answer;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (this.outgoing != null && (state == StreamState.CONNECTING || state == StreamState.DESTROYING)) {
			this.outgoing.rewind();
		}
		if (this.over) {
			if (state == StreamState.DISCONNECTED) {
				stream.close();
			}
			return;
		}
		if (state == StreamState.CONNECTING && stream.policy() == null && protocol(stream) == Protocol.RAW) {
			// What is known at once of a policy of our own
			abandon(stream, unacknowledged(stream.streamType()));
			return;
		}
		switch (state) {
			case CREATING -> begin(stream);
			case QOS_ACK_REMOTE -> succeed(stream);
			case QOS_NACK_REMOTE -> fail(stream, Outcome.REJECTED, "the peer has refused");
			case ALL_RETRIES_FAILED -> fail(stream, Outcome.UNREACHABLE, "all retries have failed");
			case TIMEOUT -> fail(stream, Outcome.TIMEOUT, "no outcome in time");
			case DISCONNECTED -> fail(stream, Outcome.LOST, "the connection was lost before the outcome was known");
			case DESTROYING -> fail(stream, Outcome.CLOSED, "the stream was closed before the outcome was known");
			default -> {
			}
		}
	}

	private void begin(SecureStream stream) {
		try {
			this.request.metadata().forEach(stream.metadata()::set);
		}
		catch (RuntimeException ex) {
			abandon(stream, ex);
			return;
		}
		stream.startTimeout(timeout(stream));
		if (this.outgoing != null) {
			this.outgoing.request(stream);
			return;
		}
		MessageSource body = this.request.body();
		byte[] bytes = (body != null) ? body.bytes() : null;
		if (bytes == null) {
			stream.requestTx();
			return;
		}
		stream.send(bytes).whenComplete((sent, failure) -> {
			if (failure instanceof SendFailedException) {
				// The state that follows tells more
				this.cutOff = true;
			}
			else if (failure != null) {
				this.future.completeExceptionally(failure);
				stream.close();
			}
		});
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		if (this.outgoing == null || this.over) {
			return;
		}
		try {
			this.outgoing.write(stream, slot);
		}
		catch (UncheckedIOException ex) {
			unusable(stream, Objects.requireNonNull(ex.getCause()));
			throw ex;
		}
	}

	private Duration timeout(SecureStream stream) {
		Duration own = this.request.timeout();
		if (own != null) {
			return own;
		}
		StreamPolicy policy = stream.policy();
		Duration ofPolicy = (policy != null) ? policy.persistence().timeout() : Duration.ZERO;
		return ofPolicy.isZero() ? this.defaultTimeout : ofPolicy;
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (this.over || payload.isPerf()) {
			return;
		}
		HttpAnswer answer = stream.lastAnswer();
		try {
			if (answer != null && !answer.isSuccess()) {
				this.rejected.add(payload);
			}
			else {
				this.sink.add(payload);
			}
		}
		catch (IOException ex) {
			unusable(stream, ex);
			return;
		}
		if (this.request.options().initialCredit() != StreamOptions.AUTOMATIC_CREDIT && payload.length() > 0) {
			stream.grantCredit(payload.length());
		}
		// There is no other acknowledgement than an answer
		if (payload.isEnd() && protocol(stream) == Protocol.WS) {
			succeed(stream);
		}
	}

	private static @Nullable Protocol protocol(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		if (policy != null) {
			return policy.protocol().protocol();
		}
		// Of a stream that a proxy fulfils, if the proxy tells
		String spoken = stream.snapshot().protocol();
		for (Protocol protocol : Protocol.values()) {
			if (protocol.policyName().equals(spoken)) {
				return protocol;
			}
		}
		return null;
	}

	private void succeed(SecureStream stream) {
		if (this.cutOff || isOutgoing()) {
			fail(stream, Outcome.REJECTED, "the peer has answered before it had all of the body");
			return;
		}
		try {
			this.answer = stream.lastAnswer();
			T done = this.result.apply(this.sink.complete(), stream);
			this.over = true;
			this.future.complete(done);
			// Otherwise there is a connection to give back before the stream may go
			if (!stream.isTransactional()) {
				stream.close();
			}
		}
		catch (IOException ex) {
			unusable(stream, ex);
		}
	}

	/** Whether a part of the body is left, to an answer that is complete. */
	private boolean isOutgoing() {
		MessageSource body = this.request.body();
		return this.outgoing != null && body != null && body.length() != 0 && !this.outgoing.isSent();
	}

	private void unusable(SecureStream stream, IOException ex) {
		end(stream, new TransactionException(stream.streamType(), Outcome.UNUSABLE, String.valueOf(ex.getMessage()),
				null, ex));
	}

	private void fail(SecureStream stream, Outcome outcome, String detail) {
		StreamFailure failure = stream.lastFailure();
		HttpAnswer answer = (failure != null) ? failure.answer() : null;
		HttpAnswer last = stream.lastAnswer();
		if (answer == null && last != null) {
			answer = last.withBody(this.rejected.toByteArray());
		}
		String message = detail;
		if (outcome == Outcome.REJECTED) {
			message += (answer != null) ? ": " + answer : "";
		}
		else if (failure != null) {
			message += ": " + failure;
		}
		end(stream, new TransactionException(stream.streamType(), outcome, message, failure, answer, null));
	}

	/** There is no way to know the outcome. */
	static SecureStreamsException unacknowledged(String streamType) {
		return new SecureStreamsException("streamtype \"" + streamType
				+ "\": nothing is acknowledged with protocol \"raw\" (expected: another protocol, or a handler)");
	}

	private void end(SecureStream stream, TransactionException failure) {
		abandon(stream, failure);
	}

	private void abandon(SecureStream stream, RuntimeException failure) {
		this.over = true;
		this.sink.discard();
		this.future.completeExceptionally(failure);
		stream.close();
	}

}
