package io.securestreams.spring.testing;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamCounts;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;

/**
 * A stream whose events the test makes up. Writes down what is asked of it.
 */
public final class FakeStream implements SecureStream {

	private final String id;

	private final StreamPolicy policy;

	private final StreamRole role;

	private StreamHandler handler;

	private volatile StreamState state = StreamState.CREATING;

	private volatile boolean closed;

	private @Nullable StreamFailure lastFailure;

	private @Nullable HttpAnswer lastAnswer;

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final FakeMetadata metadata = new FakeMetadata();

	public FakeStream(String id, StreamPolicy policy, StreamRole role, StreamHandler handler) {
		this.id = id;
		this.policy = policy;
		this.role = role;
		this.handler = handler;
	}

	/** A stream of a raw or message streamtype, for handlers alone. */
	public static FakeStream of(StreamPolicy policy, StreamHandler handler) {
		return new FakeStream(policy.name() + "#1", policy, StreamRole.CLIENT, handler);
	}

	public List<String> calls() {
		return this.calls;
	}

	public StreamHandler handler() {
		return this.handler;
	}

	public void announce(StreamState next) {
		announce(next, 0);
	}

	public void announce(StreamState next, long ordinal) {
		this.state = next;
		this.handler.onState(this, next, ordinal);
	}

	public void fail(StreamFailure failure) {
		this.lastFailure = failure;
	}

	public void answered(HttpAnswer answer) {
		this.lastAnswer = answer;
	}

	public void receive(String text, boolean start, boolean end) {
		this.handler.onReceive(this, FakePayload.of(text, start, end));
	}

	public void message(String text) {
		receive(text, true, true);
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public String streamType() {
		return this.policy.name();
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
	public StreamMetadata metadata() {
		return this.metadata;
	}

	@Override
	public void connect() {
		this.calls.add("connect");
	}

	@Override
	public void requestTx() {
		this.calls.add("requestTx");
	}

	@Override
	public void requestTx(long totalLength) {
		this.calls.add("requestTx " + totalLength);
	}

	@Override
	public CompletionStage<Long> send(byte[] message) {
		this.calls.add("send " + new String(message, java.nio.charset.StandardCharsets.UTF_8));
		return CompletableFuture.completedFuture(0L);
	}

	@Override
	public CompletionStage<Long> send(ByteBuffer message) {
		byte[] bytes = new byte[message.remaining()];
		message.duplicate().get(bytes);
		return send(bytes);
	}

	@Override
	public void fail(Throwable cause) {
		this.calls.add("fail");
	}

	@Override
	public void disconnect() {
		this.calls.add("disconnect");
	}

	@Override
	public void hangUp() {
		this.calls.add("hangUp");
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.calls.add("close");
			announce(StreamState.DESTROYING);
		}
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	@Override
	public void startTimeout() {
		this.calls.add("startTimeout");
	}

	@Override
	public void startTimeout(Duration timeout) {
		this.calls.add("startTimeout " + timeout);
	}

	@Override
	public void cancelTimeout() {
		this.calls.add("cancelTimeout");
	}

	@Override
	public void grantCredit(int bytes) {
		this.calls.add("grantCredit " + bytes);
	}

	@Override
	public void pauseReceiving() {
		this.calls.add("pause");
	}

	@Override
	public Suspension suspendReceiving() {
		this.calls.add("suspend");
		return () -> this.calls.add("unsuspend");
	}

	@Override
	public Suspension suspendConnecting() {
		this.calls.add("hold");
		return () -> this.calls.add("go on");
	}

	@Override
	public void resumeReceiving() {
		this.calls.add("resume");
	}

	@Override
	public void acknowledge() {
		this.calls.add("acknowledge");
	}

	@Override
	public void acknowledge(int status) {
		this.calls.add("acknowledge " + status);
	}

	@Override
	public void answer(int status) {
		this.calls.add("answer " + status);
	}

	@Override
	public CompletionStage<Long> answer(int status, byte[] body) {
		this.calls.add("answer " + status + " " + new String(body, java.nio.charset.StandardCharsets.UTF_8));
		return CompletableFuture.completedFuture(0L);
	}

	@Override
	public void reject() {
		this.calls.add("reject");
	}

	@Override
	public void handler(StreamHandler next) {
		this.handler = next;
	}

	@Override
	public void confirmValidity() {
		this.calls.add("confirmValidity");
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return this.lastFailure;
	}

	@Override
	public @Nullable HttpAnswer lastAnswer() {
		return this.lastAnswer;
	}

	@Override
	public boolean isTransactional() {
		return this.policy.protocol().protocol().isHttp();
	}

	@Override
	public StreamSnapshot snapshot() {
		return StreamSnapshot.builder(this.id, streamType(), this.role)
			.protocol(this.policy.protocol().protocol().policyName())
			.state(this.state, Instant.EPOCH)
			.peer("127.0.0.1:443")
			.retryCount(2)
			.counters(StreamCounts.builder()
				.attempts(1)
				.connections(2)
				.failures(3)
				.acknowledged(4)
				.rejected(5)
				.received(6, 7)
				.sent(8, 9)
				.build())
			.lastFailure(this.lastFailure)
			.build();
	}

	private static final class FakeMetadata implements StreamMetadata {

		private final Map<String, String> values = new LinkedHashMap<>();

		@Override
		public @Nullable String get(String name) {
			return this.values.get(name);
		}

		@Override
		public StreamMetadata set(String name, String value) {
			this.values.put(name, value);
			return this;
		}

		@Override
		public StreamMetadata remove(String name) {
			this.values.remove(name);
			return this;
		}

		@Override
		public Map<String, String> asMap() {
			return Map.copyOf(this.values);
		}

	}

}
