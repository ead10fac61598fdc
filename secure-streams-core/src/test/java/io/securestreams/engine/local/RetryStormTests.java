package io.securestreams.engine.local;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.testing.FakeTransportFactory;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hundred applications with a hundred streams each lose their server at once: what the
 * server sees of them afterwards is spread by jitter, and gets less.
 */
class RetryStormTests {

	private static final int APPLICATIONS = 100;

	private static final int STREAMS = 100;

	@Test
	void attemptsAreSpreadAndGetLess() {
		// Per 100 ms, over a minute
		int[] attempts = new int[600];
		for (int application = 0; application < APPLICATIONS; application++) {
			application(application, attempts);
		}
		int all = APPLICATIONS * STREAMS;
		// The documented example: 1, 2, 3, 5 and 10 s, a fifth of it added at random
		assertThat(sum(attempts, 0, 9)).as("before the first delay").isZero();
		assertThat(sum(attempts, 9, 13)).as("the first wave").isEqualTo(all);
		assertThat(max(attempts, 9, 13)).as("its peak").isLessThan(all * 6 / 10);
		assertThat(max(attempts, 100, 600)).as("peak of later waves").isLessThan(all / 8);
		assertThat(sum(attempts, 500, 600)).as("in the last ten seconds").isLessThan(all * 12 / 10);
	}

	private static void application(int seed, int[] attempts) {
		ManualExecutor loop = new ManualExecutor();
		FakeTransportFactory network = new FakeTransportFactory();
		StreamPolicies policy = StreamPolicies.named("test")
			.ws()
			.nailedUp()
			.retry(StreamPolicies.retry(1000, 1000, 2000, 3000, 5000, 10_000));
		Random random = new Random(seed);
		StreamEngine engine = new StreamEngine(
				new EngineSettings(loop, network.both(), List.of(), null, random::nextLong, true),
				StreamPolicies.policy(policy));
		for (int i = 0; i < STREAMS; i++) {
			engine.create("test", new StreamHandler() {
			});
		}
		loop.run();
		network.transports.forEach((transport) -> loop.inside(transport::connected));
		network.transports.forEach((transport) -> loop.inside(transport::lose));
		long[] now = new long[1];
		network.transports.forEach((transport) -> transport.onConnect = () -> attempts[(int) (now[0] / 100)]++);
		for (; now[0] < 60_000; now[0] += 100) {
			loop.advance(100);
			// Nobody is there any more
			network.transports.stream()
				.filter((transport) -> transport.isBusy())
				.forEach((transport) -> loop.inside(transport::lose));
		}
		engine.streams().forEach(SecureStream::close);
		loop.run();
	}

	private static int sum(int[] counts, int from, int to) {
		int sum = 0;
		for (int i = from; i < to; i++) {
			sum += counts[i];
		}
		return sum;
	}

	private static int max(int[] counts, int from, int to) {
		int max = 0;
		for (int i = from; i < to; i++) {
			max = Math.max(max, counts[i]);
		}
		return max;
	}

}
