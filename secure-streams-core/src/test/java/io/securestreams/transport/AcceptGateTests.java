package io.securestreams.transport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import io.securestreams.limits.ListenerLimits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptGateTests {

	private final EmbeddedChannel listener = new EmbeddedChannel(new AcceptGate("test", new ListenerLimits(2, 2, 1)));

	private final List<EmbeddedChannel> accepted = new ArrayList<>();

	@AfterEach
	void close() {
		this.listener.finishAndReleaseAll();
		this.accepted.forEach(EmbeddedChannel::finishAndReleaseAll);
	}

	@Test
	void pausesWhenAcceptingFails() {
		this.listener.freezeTime();
		this.listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
		assertThat(accepting()).isFalse();
		this.listener.advanceTimeBy(AcceptGate.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		this.listener.runScheduledPendingTasks();
		assertThat(accepting()).isTrue();
	}

	@Test
	void stopsAtTheLimitUntilOneLeaves() {
		accept();
		assertThat(accepting()).isTrue();
		accept();
		assertThat(accepting()).isFalse();
		this.accepted.get(0).close();
		this.listener.runPendingTasks();
		assertThat(accepting()).isTrue();
	}

	@Test
	void aPauseDoesNotOpenAFullListener() {
		this.listener.freezeTime();
		accept();
		accept();
		this.listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
		this.listener.advanceTimeBy(AcceptGate.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		this.listener.runScheduledPendingTasks();
		assertThat(accepting()).isFalse();
	}

	private void accept() {
		EmbeddedChannel child = new EmbeddedChannel();
		this.accepted.add(child);
		this.listener.writeInbound(child);
	}

	private boolean accepting() {
		return this.listener.config().isAutoRead();
	}

}
