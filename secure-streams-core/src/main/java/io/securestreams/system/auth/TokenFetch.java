package io.securestreams.system.auth;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamFactory;

/**
 * Asks a token server once, by an ordinary stream that ends with the answer. Lives on
 * that stream's event loop.
 */
final class TokenFetch implements StreamHandler {

	/** Most time for an answer, with all attempts. */
	static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int MAX_ANSWER = 64 * 1024;

	private final TokenRequest request;

	private final Consumer<TokenAnswer> done;

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private boolean tooLong;

	/** Also looked at by whoever has started it. */
	private final AtomicBoolean over = new AtomicBoolean();

	private TokenFetch(TokenRequest request, Consumer<TokenAnswer> done) {
		this.request = request;
		this.done = done;
	}

	/**
	 * Starts to ask.
	 * @param streams makes the stream
	 * @param streamType its type
	 * @param request what to ask for
	 * @param done is told, once, possibly before this returns
	 */
	static void start(StreamFactory streams, String streamType, TokenRequest request, Consumer<TokenAnswer> done) {
		TokenFetch fetch = new TokenFetch(request, done);
		SecureStream stream;
		try {
			stream = streams.create(streamType, fetch);
		}
		catch (SecureStreamsException | IllegalStateException ex) {
			done.accept(TokenAnswer.none("no stream to the token server: " + ex.getMessage()));
			return;
		}
		// By now it may also have been answered, and have ended
		if (stream.isClosed()) {
			fetch.end(stream, TokenAnswer.none("no stream to the token server"));
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> begin(stream);
			case QOS_ACK_REMOTE -> end(stream,
					this.tooLong ? TokenAnswer.none("the answer is longer than " + MAX_ANSWER + " bytes") : granted());
			case QOS_NACK_REMOTE -> end(stream, TokenAnswer.refused(this.body.toByteArray()));
			case TIMEOUT -> end(stream, TokenAnswer
				.none("the token server does not answer within " + TIMEOUT.toSeconds() + " s" + reason(stream)));
			case ALL_RETRIES_FAILED, DISCONNECTED ->
				end(stream, TokenAnswer.none("the token server is not reached" + reason(stream)));
			case DESTROYING -> end(stream, TokenAnswer.none("the stream to the token server has ended"));
			default -> {
			}
		}
	}

	private TokenAnswer granted() {
		return TokenAnswer.granted(this.body.toByteArray());
	}

	private void begin(SecureStream stream) {
		stream.startTimeout(TIMEOUT);
		this.request.authorize(stream);
		// What becomes of it the states tell
		stream.send(this.request.body()).exceptionally((failure) -> 0L);
	}

	private static String reason(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		return (failure != null) ? " (" + failure + ")" : "";
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (payload.isPerf()) {
			return;
		}
		if (payload.isStart()) {
			this.body.reset();
		}
		byte[] piece = payload.toByteArray();
		this.tooLong |= this.body.size() + piece.length > MAX_ANSWER;
		if (!this.tooLong) {
			this.body.write(piece, 0, piece.length);
		}
	}

	private void end(SecureStream stream, TokenAnswer answer) {
		if (this.over.compareAndSet(false, true)) {
			stream.close();
			this.done.accept(answer);
		}
	}

}
