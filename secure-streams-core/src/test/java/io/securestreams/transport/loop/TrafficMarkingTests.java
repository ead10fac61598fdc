package io.securestreams.transport.loop;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.TrafficClass;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficMarkingTests {

	private static final TrafficClass MARKS = new TrafficClass(7, true, true, true, true);

	private final Logger logger = (Logger) LoggerFactory.getLogger(TrafficMarking.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final List<String> tried = new ArrayList<>();

	@BeforeEach
	void listen() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stop() {
		this.logger.detachAppender(this.log);
	}

	@Test
	void warnsOnceOfEachOptionThatIsRefused() {
		TrafficMarking marking = new TrafficMarking(SocketTransport.of("auto"));
		for (int i = 0; i < 3; i++) {
			marking.apply(new Refusing(), MARKS);
		}
		assertThat(this.tried).hasSize(6).startsWith("IP_TOS 30", "SO_PRIORITY 7");
		assertThat(this.log.list).allMatch((event) -> event.getLevel() == Level.WARN)
			.extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("IP_TOS 30 is refused, connections go unmarked: Operation not permitted",
					"SO_PRIORITY 7 is refused, connections go unmarked: Operation not permitted");
	}

	@Test
	void warnsOnceWhereThereIsNoPriority() {
		TrafficMarking marking = new TrafficMarking(SocketTransport.of("nio"));
		for (int i = 0; i < 3; i++) {
			marking.apply(new Refusing(), new TrafficClass(1, false, false, false, false));
		}
		assertThat(this.tried).isEmpty();
		assertThat(this.log.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("attr_priority 1 is not applied: SO_PRIORITY needs the transport epoll or io_uring");
	}

	@Test
	void leavesUnmarkedConnectionsAlone() {
		new TrafficMarking(SocketTransport.of("auto")).apply(new Refusing(), TrafficClass.NORMAL);
		assertThat(this.tried).isEmpty();
	}

	/** As the kernel does without the privilege. */
	private final class Refusing extends EmbeddedChannel {

		private final ChannelConfig config = new DefaultChannelConfig(this) {
			@Override
			public <T> boolean setOption(ChannelOption<T> option, T value) {
				TrafficMarkingTests.this.tried.add(option.name().replaceAll(".*[#.]", "") + " " + value);
				throw new ChannelException(new java.io.IOException("Operation not permitted"));
			}
		};

		@Override
		public ChannelConfig config() {
			// Asked for before there is one, too
			return (this.config != null) ? this.config : super.config();
		}

	}

}
