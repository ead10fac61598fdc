package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler does inside each of its callbacks: closing, disconnecting, throwing.
 */
class CallbackTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	/** Every callback of a client, each with the events until then. */
	private enum Callback {

		CREATING("CREATING"), POLL("CREATING", "POLL"), CONNECTING("CREATING", "POLL", "CONNECTING"),
		UNREACHABLE("CREATING", "POLL", "CONNECTING", "UNREACHABLE"),
		ALL_RETRIES_FAILED("CREATING", "POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED"),
		WRITABLE("CREATING", "POLL", "CONNECTING", "tx 0"),
		PERF_JSON("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json"),
		PERF("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf"),
		USER_STATE("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf", "user 1200"),
		CONNECTED("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf", "user 1200", "CONNECTED"),
		RECEIVE("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf", "user 1200", "CONNECTED", "rx[S] a"),
		QOS_ACK_REMOTE("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf", "user 1200", "CONNECTED",
				"rx[S] a", "rx[E] b", "QOS_ACK_REMOTE 0"),
		DISCONNECTED("CREATING", "POLL", "CONNECTING", "tx 0", "rx[SEP] json", "perf", "user 1200", "CONNECTED",
				"rx[S] a", "rx[E] b", "QOS_ACK_REMOTE 0", "DISCONNECTED");

		private final List<String> before;

		Callback(String... before) {
			this.before = List.of(before);
		}

		boolean isFailure() {
			return this == UNREACHABLE || this == ALL_RETRIES_FAILED;
		}

		boolean isConnected() {
			return switch (this) {
				case CONNECTED, RECEIVE, QOS_ACK_REMOTE -> true;
				default -> false;
			};
		}

		boolean isConnecting() {
			return switch (this) {
				case CONNECTING, WRITABLE, PERF_JSON, PERF, USER_STATE -> true;
				default -> false;
			};
		}

	}

	/** Lets a POST go its way, doing something in the last of these events. */
	private List<String> run(Callback callback, Consumer<SecureStream> action) {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).http("POST").perf());
		RecordingHandler handler = this.fixture.handler;
		handler.onWritable((stream, slot) -> slot.write("body").end());
		handler.on(StreamState.CREATING, SecureStream::requestTx);
		handler.everywhere((stream) -> {
			if (handler.events.equals(callback.before)) {
				action.accept(stream);
			}
		});
		this.fixture.create();
		if (!this.fixture.network.transports.isEmpty()) {
			script(callback);
		}
		return handler.take();
	}

	private void script(Callback callback) {
		List<Runnable> script = new ArrayList<>();
		if (callback.isFailure()) {
			script.add(() -> this.fixture.transport().lose());
		}
		else {
			script.add(() -> this.fixture.transport().writable(100));
			script.add(() -> {
				if (this.fixture.transport().isBusy()) {
					this.fixture.transport()
						.link()
						.timings(new ConnectionTimings(null, 1, 1, 1, 0, 1, List.of(), "http", 200));
				}
			});
			script.add(() -> {
				if (this.fixture.transport().isBusy()) {
					this.fixture.transport().clientLink().userState(1200);
				}
			});
			script.add(() -> this.fixture.transport().connected());
			script.add(() -> this.fixture.transport().receive("a", 1));
			script.add(() -> this.fixture.transport().receive("b", 2));
			script.add(() -> this.fixture.transport().accepted(0));
			script.add(() -> this.fixture.transport().complete());
		}
		script.forEach(this.fixture.loop::inside);
	}

	@Test
	void scriptReachesEveryCallback() {
		assertThat(run(Callback.DISCONNECTED, (stream) -> {
		})).isEqualTo(Callback.DISCONNECTED.before);
		assertThat(run(Callback.ALL_RETRIES_FAILED, (stream) -> {
		})).isEqualTo(Callback.ALL_RETRIES_FAILED.before);
	}

	static Stream<Callback> callbacks() {
		return Stream.of(Callback.values());
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void closeInsideEndsTheStreamAfterIt(Callback callback) {
		List<String> expected = new ArrayList<>(callback.before);
		if (callback == Callback.PERF_JSON) {
			// The two forms of one report
			expected.add("perf");
		}
		if (callback.isConnected()) {
			expected.add("DISCONNECTED");
		}
		expected.add("DESTROYING");
		assertThat(run(callback, (stream) -> {
			stream.close();
			assertThat(stream.isClosed()).isFalse();
			stream.close();
			stream.requestTx();
			stream.connect();
		})).isEqualTo(expected);
		assertThat(this.fixture.engine().streams()).isEmpty();
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.network.transports).noneMatch((transport) -> transport.isBusy());
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void disconnectInsideDropsTheConnectionAfterIt(Callback callback) {
		List<String> expected = new ArrayList<>(callback.before);
		if (callback == Callback.PERF_JSON) {
			expected.add("perf");
		}
		if (callback.isConnected()) {
			expected.add("DISCONNECTED");
		}
		if (callback.isConnecting()) {
			expected.add("UNREACHABLE");
		}
		assertThat(run(callback, (stream) -> {
			stream.requestTx();
			stream.connect();
			stream.disconnect();
		})).isEqualTo(expected);
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.network.transports).noneMatch((transport) -> transport.isBusy());
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void throwingInsideDropsTheConnection(Callback callback) {
		List<String> expected = new ArrayList<>(callback.before);
		switch (callback) {
			case CREATING -> expected.add("DESTROYING");
			case POLL, UNREACHABLE -> expected.add("ALL_RETRIES_FAILED");
			case PERF_JSON -> expected.addAll(List.of("perf", "UNREACHABLE", "ALL_RETRIES_FAILED"));
			case CONNECTING, WRITABLE, PERF, USER_STATE ->
				expected.addAll(List.of("UNREACHABLE", "ALL_RETRIES_FAILED"));
			case CONNECTED, RECEIVE -> expected.addAll(List.of("DISCONNECTED", "ALL_RETRIES_FAILED"));
			// The transaction is complete
			case QOS_ACK_REMOTE -> expected.add("DISCONNECTED");
			case DISCONNECTED, ALL_RETRIES_FAILED -> {
			}
		}
		assertThat(run(callback, (stream) -> {
			throw new IllegalStateException("handler");
		})).isEqualTo(expected);
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.network.transports).noneMatch((transport) -> transport.isBusy());
		if (callback.isConnecting() || callback.isConnected()) {
			SecureStream stream = this.fixture.engine().streams().iterator().next();
			assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.HANDLER);
		}
	}

	@Test
	void throwingInDestroyingEndsTheStreamAllTheSame() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE));
		this.fixture.handler.on(StreamState.DESTROYING, (stream) -> {
			throw new AssertionError("handler");
		});
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::close);
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@Test
	void whatIsWrittenBeforeThrowingIsNotSent() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		this.fixture.handler.onWritable((stream, slot) -> {
			slot.write("half");
			throw new IllegalStateException("handler");
		});
		SecureStream stream = this.fixture.create();
		stream.requestTx();
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().writable(100));
		assertThat(this.fixture.transport().written).isEmpty();
	}

	@Test
	void whatIsWrittenBeforeClosingIsSent() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		this.fixture.handler.onWritable((stream, slot) -> {
			stream.close();
			slot.write("bye");
		});
		SecureStream stream = this.fixture.create();
		stream.requestTx();
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().writable(100));
		assertThat(this.fixture.transport().written).hasSize(1);
		assertThat(this.fixture.transport().calls).endsWith("write", "close");
	}

	@Test
	void wakingCallsEveryStreamBackAndChangesNothing() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).ws());
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		this.fixture.engine().wake();
		this.fixture.engine().wake();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("EVENT_WAIT_CANCELLED");
		assertThat(stream.state()).isEqualTo(StreamState.CREATING);
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.engine().wake();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("EVENT_WAIT_CANCELLED");
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTED);
	}

	@Test
	void settingsMadeBeforeDisconnectingStay() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		// As another thread does it, before the loop has seen the first of them
		stream.pauseReceiving();
		stream.disconnect();
		this.fixture.loop.run();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.transport().isPaused()).isTrue();
	}

	@Test
	void settingsMadeAfterDisconnectingStay() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		this.fixture.handler.on(StreamState.CONNECTED, (stream) -> {
			stream.disconnect();
			stream.startTimeout(Duration.ofSeconds(1));
		});
		this.fixture.create();
		this.fixture.connected();
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
		assertThat(this.fixture.after(1000)).containsExactly("TIMEOUT");
	}

	@Test
	void disconnectInTheDisconnectedOfADisconnectIsHarmless() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		this.fixture.handler.on(StreamState.DISCONNECTED, (stream) -> {
			stream.disconnect();
			stream.startTimeout(Duration.ofSeconds(1));
		});
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(1000)).containsExactly("TIMEOUT");
	}

	@Test
	void streamsMayUseEachOtherInsideCallbacks() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp());
		SecureStream first = this.fixture.create();
		RecordingHandler other = new RecordingHandler();
		this.fixture.loop.inside(() -> {
			SecureStream second = this.fixture.engine().create(EngineFixture.TYPE, other);
			// Each closes the other while being told something
			this.fixture.handler.on(StreamState.CONNECTED, (stream) -> second.close());
			other.on(StreamState.DESTROYING, (stream) -> first.disconnect());
		});
		this.fixture.handler.take();
		this.fixture.when(() -> this.fixture.network.transports.get(0).connected());
		assertThat(other.take()).containsExactly("CREATING", "CONNECTING", "DESTROYING");
		assertThat(this.fixture.network.transports.get(0).calls).containsExactly("connect", "close");
	}

}
