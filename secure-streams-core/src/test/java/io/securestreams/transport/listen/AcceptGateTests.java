package io.securestreams.transport.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.limits.ListenerLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptGateTests {

	private final AcceptGate gate = new AcceptGate("test",
			ListenerLimits.builder().maxConnections(2).maxConnectionsPerAddress(2).backlog(1).build());

	private final AcceptGate lonely = new AcceptGate("test",
			ListenerLimits.builder().maxConnections(10).maxConnectionsPerAddress(1).backlog(1).build());

	private final EmbeddedChannel listener = new EmbeddedChannel(this.gate);

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

	@Test
	void connectionsOfAllAddressesCount() {
		EmbeddedChannel other = new EmbeddedChannel(this.gate);
		try {
			accept();
			accept(other);
			assertThat(accepting()).isFalse();
			assertThat(other.config().isAutoRead()).isFalse();
			this.accepted.get(1).close();
			other.runPendingTasks();
			assertThat(accepting()).isTrue();
			assertThat(other.config().isAutoRead()).isTrue();
		}
		finally {
			other.finishAndReleaseAll();
		}
	}

	@Test
	void clientsCountOnceForAllAddresses() {
		EmbeddedChannel other = new EmbeddedChannel(this.lonely);
		EmbeddedChannel another = new EmbeddedChannel(this.lonely);
		try {
			Channel first = new Remote("192.0.2.1");
			Channel second = new Remote("192.0.2.1");
			other.writeInbound(first);
			another.writeInbound(second);
			assertThat(first.isOpen()).isTrue();
			assertThat(second.isOpen()).isFalse();
		}
		finally {
			other.finishAndReleaseAll();
			another.finishAndReleaseAll();
		}
	}

	private void accept(EmbeddedChannel where) {
		EmbeddedChannel child = new EmbeddedChannel();
		this.accepted.add(child);
		where.writeInbound(child);
	}

	/** A connection of somebody. */
	private static final class Remote extends EmbeddedChannel {

		private final InetSocketAddress address;

		Remote(String address) {
			this.address = new InetSocketAddress(address, 1);
		}

		@Override
		public SocketAddress remoteAddress() {
			return this.address;
		}

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
