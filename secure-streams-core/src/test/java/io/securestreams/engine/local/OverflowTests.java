package io.securestreams.engine.local;

import java.time.Duration;
import java.util.Objects;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.testing.StreamPolicies;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that do not keep up with broadcasts, and what the log says of them.
 */
class OverflowTests {

	@Test
	void oneLineForEachClientThatHasToLeave() {
		Logger logger = (Logger) LoggerFactory.getLogger(PolicyFulfilment.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		EngineFixture fixture = EngineFixture
			.with(StreamPolicies.named(EngineFixture.TYPE).option("send_overflow", "disconnect").server());
		try {
			StreamServer server = fixture.engine().listen(EngineFixture.TYPE, () -> fixture.handler);
			for (int client = 0; client < 2; client++) {
				fixture.loop.inside(() -> Objects.requireNonNull(fixture.network.accept(fixture.loop)).connected());
			}
			for (int message = 0; message < 50; message++) {
				server.broadcast(new byte[512 * 1024]);
			}
			fixture.loop.run();
			assertThat(server.clients()).isEmpty();
			assertThat(log.list).hasSize(2)
				.allSatisfy((event) -> assertThat(event.getFormattedMessage()).contains("the peer does not keep up"));
		}
		finally {
			logger.detachAppender(log);
			fixture.engine().shutdown(Duration.ZERO);
			fixture.loop.run();
		}
	}

}
