package io.securestreams;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.loop.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that does not return harms those of its event loop and nobody else.
 */
@Timeout(60)
class BlockedHandlerTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(EventLoops.class.getPackageName());

	private final CompletableFuture<String> warned = new CompletableFuture<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
		@Override
		protected void append(ILoggingEvent event) {
			String message = event.getFormattedMessage();
			if (message.contains("by the handler of")) {
				BlockedHandlerTests.this.warned.complete(message);
			}
		}
	};

	private final CountDownLatch never = new CountDownLatch(1);

	@AfterEach
	void release() {
		this.never.countDown();
		this.logger.detachAppender(this.appender);
	}

	@Test
	void isNamedAndDoesNotKeepTheEngineFromEnding() throws Exception {
		this.appender.start();
		this.logger.addAppender(this.appender);
		try (SecureStreams streams = SecureStreams.builder()
			.policy(policy(server()))
			.eventLoopThreads(2)
			.eventLoopBlockedAfter(Duration.ofMillis(250))
			.build()) {
			StreamServer listener = streams.listen("server", () -> new StreamHandler() {
			});
			int port = ((InetSocketAddress) listener.address()).getPort();
			streams.updatePolicy((policy) -> policy(server(), client(port)));
			SecureStream stream = streams.create("test", new Stuck());
			stream.connect();
			assertThat(TestLink.await(this.warned)).contains("is blocked for")
				.contains("by the handler of " + stream.id())
				.contains(Stuck.class.getName());
			assertThat(streams.eventLoops()).filteredOn(EventLoopState::isBlocked).isNotEmpty();
		}
		assertThat(this.never.getCount()).as("not released").isOne();
	}

	private static Policy policy(StreamPolicy... streamTypes) {
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(),
				Stream.of(streamTypes).collect(Collectors.toMap(StreamPolicy::name, Function.identity())));
	}

	private static StreamPolicy server() {
		StreamPolicy policy = TestPolicies.server("127.0.0.1");
		return new StreamPolicy("server", policy.role(), policy.endpoint(), policy.protocol(), policy.tls(),
				policy.persistence(), policy.trafficClass(), policy.metadata(), policy.features(),
				policy.proxyBuffers());
	}

	private static StreamPolicy client(int port) {
		StreamPolicy policy = TestPolicies.client();
		return new StreamPolicy(policy.name(), policy.role(),
				new StreamPolicy.Endpoint(Template.parse("127.0.0.1"), port, null), policy.protocol(), policy.tls(),
				policy.persistence(), policy.trafficClass(), policy.metadata(), policy.features(),
				policy.proxyBuffers());
	}

	private final class Stuck implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			while (state == StreamState.CONNECTED && BlockedHandlerTests.this.never.getCount() > 0) {
				try {
					BlockedHandlerTests.this.never.await();
				}
				catch (InterruptedException ex) {
					// It does not care
				}
			}
		}

	}

}
