package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.testing.ManualExecutor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code ws_prioritize_reads}: two messages that arrive together, each of which the
 * application answers.
 */
class PrioritizeReadsTests {

	private final List<String> order = new ArrayList<>();

	private WebSocketConnection connection;

	@Test
	void servesSlotsAsSoonAsTheyAreWanted() {
		run(Policies.client());
		assertThat(this.order).containsExactly("received one", "slot", "received two", "slot");
	}

	@Test
	void readsEverythingThatHasArrivedFirst() {
		run(Policies.client().prioritizeReads());
		assertThat(this.order).containsExactly("received one", "received two", "slot");
	}

	private void run(Policies policy) {
		ManualExecutor executor = new ManualExecutor();
		StreamDouble link = new StreamDouble(executor, policy.build(), new Address.Host("localhost", 1)) {

			@Override
			public void received(ByteBuf payload, int flags) {
				assertThat(flags).isEqualTo(PayloadFlags.SOM | PayloadFlags.EOM);
				PrioritizeReadsTests.this.order.add("received " + payload.toString(StandardCharsets.UTF_8));
				PrioritizeReadsTests.this.connection.requestWrite();
			}

			@Override
			public void writable(int capacity) {
				PrioritizeReadsTests.this.order.add("slot");
			}

		};
		WebSocketOptions options = ((WebSocketPolicy) policy.build().protocol()).options();
		EmbeddedChannel channel = new EmbeddedChannel();
		this.connection = new SocketCarrier(channel, false).open((carrier) -> new WebSocketConnection(new Owner(), link,
				carrier, false, options, null, WebSocketLimits.DEFAULTS));
		executor.inside(() -> this.connection.start(false, false, false));
		// As a read turn does it: two buffers, then the end
		executor.inside(() -> {
			channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(ServerScript.frame(0x81, "one")));
			channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(ServerScript.frame(0x81, "two")));
			channel.pipeline().fireChannelReadComplete();
		});
		executor.inside(channel::finishAndReleaseAll);
	}

	private static final class Owner extends WebSocketTransport {

		@Override
		protected void abandon() {
		}

	}

}
