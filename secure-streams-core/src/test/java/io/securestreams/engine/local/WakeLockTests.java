package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.testing.FakeTransportFactory;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Retries of streamtypes with {@code swake_validity} keep the system awake.
 */
class WakeLockTests {

	private final ManualExecutor loop = new ManualExecutor();

	private final FakeTransportFactory network = new FakeTransportFactory();

	private final RecordingHandler handler = new RecordingHandler();

	private final List<String> held = new ArrayList<>();

	private int acquired;

	private final StreamEngine engine = new StreamEngine(
			new EngineSettings(this.loop, this.network.both(), List.of(), null, () -> 0L, true,
					new EngineServices(null, this::acquire)),
			StreamPolicies.policy(StreamPolicies.named("waking").retry(StreamPolicies.retry(2, 1000)).wakeForValidity(),
					StreamPolicies.named("sleeping").retry(StreamPolicies.retry(2, 1000))));

	@AfterEach
	void nothingIsLeftBehind() {
		this.engine.shutdown(Duration.ZERO);
		this.loop.run();
		this.loop.assertIdle();
		assertThat(this.held).isEmpty();
	}

	@Test
	void isHeldWhileARetryIsWaiting() {
		SecureStream stream = connect("waking");
		assertThat(this.held).containsExactly(stream.id());
		this.loop.advance(999);
		assertThat(this.held).containsExactly(stream.id());
		this.loop.advance(1);
		assertThat(this.acquired).isEqualTo(2);
		assertThat(this.held).containsExactly(stream.id());
		this.loop.advance(1000);
		// The retries are used up
		assertThat(this.acquired).isEqualTo(2);
		assertThat(this.held).isEmpty();
	}

	@Test
	void isReleasedWhenTheRetryIsNotWaitedFor() {
		SecureStream stream = connect("waking");
		this.loop.inside(stream::disconnect);
		assertThat(this.held).isEmpty();
		this.loop.inside(stream::connect);
		assertThat(this.held).hasSize(1);
		this.loop.inside(stream::connect);
		assertThat(this.held).hasSize(1);
		this.loop.inside(stream::close);
		assertThat(this.held).isEmpty();
		assertThat(this.acquired).isEqualTo(3);
	}

	@Test
	void isLeftAloneByOtherStreamTypes() {
		connect("sleeping");
		this.loop.advance(5000);
		assertThat(this.acquired).isZero();
	}

	private SecureStream connect(String streamType) {
		this.network.prepare = (transport) -> transport.onConnect = transport::lose;
		SecureStream stream = this.engine.create(streamType, this.handler);
		this.loop.run();
		this.loop.inside(stream::connect);
		return stream;
	}

	private WakeLock.Held acquire(String stream) {
		this.acquired++;
		this.held.add(stream);
		return () -> assertThat(this.held.remove(stream)).isTrue();
	}

}
