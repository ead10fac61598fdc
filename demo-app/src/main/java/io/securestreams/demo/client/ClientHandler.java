package io.securestreams.demo.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.adapter.MessageSource;
import io.securestreams.stream.adapter.OutgoingMessage;

/**
 * Prints what happens on one stream, sends the message if there is one, and closes the
 * stream when the outcome is known.
 */
final class ClientHandler implements StreamHandler {

	private final JsonLines lines;

	private final Map<String, String> metadata;

	private final @Nullable OutgoingMessage message;

	private final boolean acknowledged;

	private final boolean reconnects;

	/** The end of a connection is not the end of what comes. */
	private final boolean subscribes;

	private final long deadlineNanos;

	private final ReceivedMessage received = new ReceivedMessage();

	private final CompletableFuture<ExitCode> outcome = new CompletableFuture<>();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private String part = "";

	private Map<String, String> shownMetadata = Map.of();

	/**
	 * Makes a handler.
	 * @param lines where to print
	 * @param options what was asked for
	 * @param policy the streamtype's, or {@code null} if only a proxy has it
	 * @param timeout for all of it
	 */
	ClientHandler(JsonLines lines, ClientOptions options, @Nullable StreamPolicy policy, Duration timeout) {
		@Nullable ProtocolPolicy protocol = (policy != null) ? policy.protocol() : null;
		this.lines = lines;
		this.metadata = options.metadata();
		MessageSource body = (options.message() != null || protocol == null || !sendsBody(protocol)) ? options.message()
				: MessageSource.of("");
		this.message = (body != null) ? new OutgoingMessage(body) : null;
		boolean mqtt = protocol != null && protocol.protocol() == Protocol.MQTT;
		this.acknowledged = protocol != null && (protocol.protocol().isHttp() || (mqtt && this.message != null));
		this.reconnects = policy != null && !policy.persistence().opportunistic() && this.message == null;
		this.subscribes = mqtt && this.message == null;
		this.deadlineNanos = System.nanoTime() + timeout.toNanos();
	}

	private static boolean sendsBody(ProtocolPolicy protocol) {
		return protocol instanceof HttpPolicy http && switch (http.method()) {
			case "POST", "PUT", "PATCH" -> true;
			default -> false;
		};
	}

	/**
	 * Returns how it went.
	 * @return completes when the outcome is known, before the stream is closed
	 */
	CompletableFuture<ExitCode> outcome() {
		return this.outcome;
	}

	/**
	 * Returns the end of the stream.
	 * @return completes after the last event was printed
	 */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		showMetadata(stream, state);
		this.lines.state(state.name(), ordinal);
		switch (state) {
			case CREATING -> begin(stream);
			case CONNECTING -> attempt(stream);
			case CONNECTED -> armTimeout(stream);
			case UNREACHABLE, AUTH_FAILED -> showFailure(stream);
			case QOS_ACK_REMOTE, QOS_ACK_LOCAL -> finish(stream, ExitCode.OK);
			case QOS_NACK_REMOTE, QOS_NACK_LOCAL -> finish(stream, ExitCode.REJECTED);
			case ALL_RETRIES_FAILED -> finish(stream, ExitCode.UNREACHABLE);
			case TIMEOUT -> finish(stream, receivedAll(stream) ? ExitCode.OK : ExitCode.TIMEOUT);
			case DISCONNECTED -> disconnected(stream);
			case DESTROYING -> {
				this.outcome.complete(ExitCode.LOST);
				if (this.message != null) {
					this.message.close();
				}
				this.ended.complete(null);
			}
			default -> {
			}
		}
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		showMetadata(stream, null);
		this.lines.state(Integer.toString(userState), 0);
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (payload.isPerf()) {
			return;
		}
		if (payload.isStart()) {
			showMetadata(stream, null);
		}
		this.lines.received(this.received.next(payload));
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		this.lines.perf(timings);
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		if (this.message == null) {
			return;
		}
		if (!slot.rideshare().equals(this.part)) {
			// Every part of a shared body carries the message
			this.part = slot.rideshare();
			this.message.rewind();
		}
		this.message.write(stream, slot);
	}

	private void begin(SecureStream stream) {
		try {
			this.metadata.forEach(stream.metadata()::set);
		}
		catch (IllegalArgumentException ex) {
			this.lines.error(List.of(String.valueOf(ex.getMessage())));
			finish(stream, ExitCode.BAD_REQUEST);
			return;
		}
		this.shownMetadata = stream.metadata().asMap();
		armTimeout(stream);
		if (this.message != null) {
			this.message.request(stream);
		}
		else {
			stream.connect();
		}
	}

	private void attempt(SecureStream stream) {
		armTimeout(stream);
		if (this.message != null) {
			this.part = "";
			this.message.request(stream);
		}
	}

	private void disconnected(SecureStream stream) {
		if (this.outcome.isDone()) {
			return;
		}
		if (receivedAll(stream) && !(this.subscribes && this.reconnects)) {
			finish(stream, ExitCode.OK);
		}
		else if (this.reconnects) {
			armTimeout(stream);
		}
		else {
			showFailure(stream);
			finish(stream, ExitCode.LOST);
		}
	}

	/**
	 * Without acknowledgements, an answer is the best there is.
	 */
	private boolean receivedAll(SecureStream stream) {
		return !this.acknowledged && !stream.isTransactional() && this.received.any();
	}

	private void finish(SecureStream stream, ExitCode code) {
		if (this.outcome.complete(code)) {
			stream.close();
		}
	}

	/**
	 * The end of an exchange stops the stream's timeout, so it is set again at each step.
	 */
	private void armTimeout(SecureStream stream) {
		if (!this.outcome.isDone()) {
			long millis = Math.max(1, (this.deadlineNanos - System.nanoTime()) / 1_000_000);
			stream.startTimeout(Duration.ofMillis(millis));
		}
	}

	private void showFailure(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		if (failure != null) {
			this.lines.failure(failure);
		}
	}

	private void showMetadata(SecureStream stream, @Nullable StreamState state) {
		if (state == StreamState.CREATING || state == StreamState.DESTROYING) {
			return;
		}
		Map<String, String> now = stream.metadata().asMap();
		if (now.equals(this.shownMetadata)) {
			return;
		}
		Map<String, String> changed = new LinkedHashMap<>(now);
		changed.entrySet().removeAll(this.shownMetadata.entrySet());
		changed.forEach(this.lines::metadata);
		this.shownMetadata = now;
	}

}
