package io.securestreams.system.policyfetch;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * One download by an ordinary stream: the stream is made for it and ends with it. Called
 * on the stream's event loop.
 */
final class PolicyFetch implements StreamHandler {

	private static final int NOT_MODIFIED = 304;

	private final @Nullable FetchedDocument known;

	private final int maxSize;

	private final CompletableFuture<Result> result = new CompletableFuture<>();

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private boolean whole;

	private PolicyFetch(@Nullable FetchedDocument known, int maxSize) {
		this.known = known;
		this.maxSize = maxSize;
	}

	/**
	 * Starts a download; on the executor.
	 * @param streams makes the stream
	 * @param streamType its streamtype
	 * @param known what need not be sent again, or {@code null}
	 * @param maxSize most bytes
	 * @param timeout most time for all attempts
	 * @param executor measures the time
	 * @return completes on any thread, never exceptionally; whoever completes it ends the
	 * download
	 */
	static CompletableFuture<Result> start(StreamFactory streams, String streamType, @Nullable FetchedDocument known,
			int maxSize, Duration timeout, StreamExecutor executor) {
		PolicyFetch fetch = new PolicyFetch(known, maxSize);
		SecureStream stream;
		try {
			stream = streams.create(streamType, fetch);
		}
		catch (SecureStreamsException ex) {
			return CompletableFuture.completedFuture(new Result.Failed(String.valueOf(ex.getMessage()), null));
		}
		StreamExecutor.Timer timer = executor.schedule(() -> {
			StreamFailure last = stream.lastFailure();
			fetch.result.complete(new Result.Failed("not received within " + timeout.toMillis() + " ms"
					+ ((last != null) ? ", last failure: " + last : ""), retryAfter(last)));
		}, Math.max(0, timeout.toMillis()));
		fetch.result.whenComplete((received, failure) -> {
			stream.close();
			executor.execute(timer::cancel);
		});
		return fetch.result;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> {
				ask(stream);
				stream.connect();
			}
			case CONNECTING -> {
				this.body.reset();
				this.whole = false;
			}
			case QOS_ACK_REMOTE -> this.result.complete(received(stream));
			case QOS_NACK_REMOTE -> this.result.complete(isNotModified(stream) ? Result.NotModified.INSTANCE
					: new Result.Failed(refusal(stream), retryAfter(stream.lastFailure())));
			case DISCONNECTED -> {
				// Of a file there is no acknowledgement
				if (this.whole) {
					this.result.complete(received(stream));
				}
			}
			case ALL_RETRIES_FAILED, AUTH_FAILED, DESTROYING -> {
				StreamFailure last = stream.lastFailure();
				this.result.complete(
						new Result.Failed((last != null) ? last.toString() : "the stream has ended", retryAfter(last)));
			}
			default -> {
			}
		}
	}

	private static @Nullable Duration retryAfter(@Nullable StreamFailure failure) {
		return (failure != null) ? failure.retryAfter() : null;
	}

	private void ask(SecureStream stream) {
		if (this.known != null) {
			set(stream, FetchStreamType.IF_NONE_MATCH, this.known.etag());
			if (this.known.etag() == null) {
				set(stream, FetchStreamType.IF_MODIFIED_SINCE, this.known.lastModified());
			}
		}
	}

	private static void set(SecureStream stream, String header, @Nullable String value) {
		StreamPolicy policy = stream.policy();
		String name = (policy != null) ? FetchStreamType.nameOf(policy, header) : null;
		if (name != null && value != null) {
			stream.metadata().set(name, value);
		}
	}

	private static @Nullable String get(SecureStream stream, String header) {
		HttpAnswer answer = stream.lastAnswer();
		return (answer != null) ? answer.header(header) : null;
	}

	private boolean isNotModified(SecureStream stream) {
		HttpAnswer answer = stream.lastAnswer();
		return this.known != null && answer != null && answer.status() == NOT_MODIFIED;
	}

	private static String refusal(SecureStream stream) {
		HttpAnswer answer = stream.lastAnswer();
		return "the server does not send it" + ((answer != null) ? ", status " + answer.status() : "");
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (payload.isPerf()) {
			return;
		}
		if (payload.isStart()) {
			this.body.reset();
		}
		if (this.body.size() + payload.length() > this.maxSize) {
			this.result.complete(new Result.Failed("too large (expected: at most " + this.maxSize + " bytes)", null));
			return;
		}
		this.body.writeBytes(payload.toByteArray());
		this.whole = payload.isEnd();
	}

	private Result received(SecureStream stream) {
		return new Result.Received(new FetchedDocument(this.body.toByteArray(), get(stream, FetchStreamType.ETAG),
				get(stream, FetchStreamType.LAST_MODIFIED), null));
	}

	/**
	 * What came of it.
	 */
	sealed interface Result {

		/**
		 * The whole document.
		 *
		 * @param document the document
		 */
		record Received(FetchedDocument document) implements Result {

		}

		/** The server says that it has nothing newer. */
		enum NotModified implements Result {

			INSTANCE

		}

		/**
		 * Nothing.
		 *
		 * @param reason why, for people
		 * @param retryAfter how long the server asks to wait, or {@code null}
		 */
		record Failed(String reason, @Nullable Duration retryAfter) implements Result {

		}

	}

}
