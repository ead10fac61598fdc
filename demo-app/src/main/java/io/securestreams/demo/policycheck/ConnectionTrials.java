package io.securestreams.demo.policycheck;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Policy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Tries client streamtypes, each once and as its policy says, except that there is no
 * second attempt.
 */
final class ConnectionTrials implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(25);

	private final SecureStreams streams;

	ConnectionTrials(Policy policy) {
		Map<String, StreamPolicy> once = new LinkedHashMap<>();
		policy.streamTypes().forEach((name, stream) -> once.put(name, once(stream)));
		this.streams = SecureStreams.builder()
			.policy(new Policy(policy.release(), policy.product(), policy.schemaVersion(), policy.socks5(),
					policy.retries(), policy.certificates(), policy.trustStores(), policy.auth(), policy.metrics(),
					once))
			.eventLoopThreads(1)
			.build();
	}

	/** One attempt, made when it is asked for, with timings. */
	private static StreamPolicy once(StreamPolicy stream) {
		Persistence persistence = stream.persistence();
		Features features = stream.features();
		return new StreamPolicy(stream.name(), stream.role(), stream.endpoint(), stream.protocol(), stream.tls(),
				new Persistence(true, false, RetryPolicy.NONE, persistence.timeout(), persistence.wakeForValidity()),
				stream.trafficClass(), stream.metadata(),
				new Features(true, features.directHeaders(), features.urgentTx(), features.urgentRx(),
						features.payloadFormat(), features.rideshare(), features.auth(), features.options()),
				stream.proxyBuffers());
	}

	/**
	 * Tries a streamtype.
	 * @param stream its policy
	 * @param out takes lines about it
	 * @return whether the peer was reached, and accepted what was asked
	 */
	boolean attempt(StreamPolicy stream, Consumer<String> out) {
		out.accept(stream.name());
		Trial trial = new Trial();
		try {
			SecureStream attempt = this.streams.create(stream.name(), trial);
			attempt.connect();
			StreamState end = trial.end.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
			tell(stream, attempt, trial, end, out);
			attempt.close();
			return end == StreamState.CONNECTED || end == StreamState.QOS_ACK_REMOTE;
		}
		catch (TimeoutException ex) {
			out.accept("  no outcome within " + LIMIT.toSeconds() + " s");
		}
		catch (SecureStreamsException | ExecutionException ex) {
			out.accept("  not tried: " + ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	private static void tell(StreamPolicy stream, SecureStream attempt, Trial trial, StreamState end,
			Consumer<String> out) {
		ConnectionTimings timings = trial.timings;
		if (timings != null) {
			line(out, "addresses",
					timings.dns().isEmpty() ? String.valueOf(timings.peer()) : String.join(", ", timings.dns())
							+ ((timings.peer() != null) ? "; connected to " + timings.peer() : "; not connected"));
			line(out, "took", "look-up " + millis(timings.dnsMicros()) + ", connect " + millis(timings.connectMicros())
					+ ", TLS " + millis(timings.tlsMicros()) + ", answer " + millis(timings.responseMicros()));
			if (timings.status() != 0) {
				line(out, "status", String.valueOf(timings.status()));
			}
		}
		if (stream.tls().enabled()) {
			TlsProbe.of(stream).forEach((text) -> line(out, "TLS", text));
		}
		if (trial.userState != null) {
			line(out, "user state", trial.userState.toString());
		}
		StreamFailure failure = attempt.lastFailure();
		boolean failed = failure != null && end != StreamState.CONNECTED && end != StreamState.QOS_ACK_REMOTE;
		line(out, "outcome", end + (failed ? ", " + failure : "") + meaning(stream, end));
	}

	/** What the policy makes of it. */
	private static String meaning(StreamPolicy stream, StreamState end) {
		return switch (end) {
			case QOS_ACK_REMOTE -> ": the policy takes this for success";
			case QOS_NACK_REMOTE -> ": the policy takes this for a refusal";
			case CONNECTED -> ": connected, as the policy wants it";
			default -> (stream.persistence().retry() == RetryPolicy.NONE) ? "" : ": it would be tried again";
		};
	}

	private static String millis(long micros) {
		return (micros + 500) / 1000 + " ms";
	}

	private static void line(Consumer<String> out, String label, String text) {
		out.accept("  %-12s %s".formatted(label, text));
	}

	@Override
	public void close() {
		this.streams.close();
	}

	/**
	 * Waits for the outcome of an attempt. Transactions end with the answer, others are
	 * done when they are connected.
	 */
	private static final class Trial implements StreamHandler {

		final CompletableFuture<StreamState> end = new CompletableFuture<>();

		volatile @Nullable ConnectionTimings timings;

		volatile @Nullable Integer userState;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case QOS_ACK_REMOTE, QOS_NACK_REMOTE, UNREACHABLE, AUTH_FAILED, ALL_RETRIES_FAILED, DISCONNECTED,
						DESTROYING ->
					this.end.complete(state);
				case CONNECTED -> {
					StreamPolicy policy = stream.policy();
					if (policy == null || !policy.protocol().protocol().isHttp()) {
						this.end.complete(state);
					}
				}
				default -> {
				}
			}
		}

		@Override
		public void onUserState(SecureStream stream, int state) {
			this.userState = state;
		}

		@Override
		public void onPerf(SecureStream stream, ConnectionTimings measured) {
			this.timings = measured;
		}

	}

}
