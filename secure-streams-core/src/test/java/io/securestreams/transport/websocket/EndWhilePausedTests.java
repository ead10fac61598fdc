package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.testing.ManualExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection that ends while the application has paused it: what has arrived is still
 * delivered, then the end, and an application that waits for a slot does not wait for
 * ever.
 */
class EndWhilePausedTests {

	private final List<String> order = new ArrayList<>();

	private final ManualExecutor executor = new ManualExecutor();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final WebSocketConnection connection;

	/** Whether the application never stops asking for slots. */
	private boolean insatiable;

	EndWhilePausedTests() {
		StreamPolicy policy = Policies.client().build();
		StreamDouble link = new StreamDouble(this.executor, policy, new Address.Host("localhost", 1)) {

			@Override
			public void received(ByteBuf payload, int flags) {
				EndWhilePausedTests.this.order.add(payload.toString(StandardCharsets.UTF_8));
				EndWhilePausedTests.this.connection.pause();
			}

			@Override
			public void writable(int capacity) {
				EndWhilePausedTests.this.slot();
			}

			@Override
			public void closed(StreamFailure failure) {
				EndWhilePausedTests.this.order.add("end");
			}

		};
		this.connection = new SocketCarrier(this.channel, false).open((carrier) -> new WebSocketConnection(new Owner(),
				link, carrier, false, ((WebSocketPolicy) policy.protocol()).options(), null, WebSocketLimits.DEFAULTS));
		this.executor.inside(() -> this.connection.start(false, false, false));
		this.executor.inside(() -> {
			this.channel.pipeline()
				.fireChannelRead(Unpooled.wrappedBuffer(ServerScript.text("one"), ServerScript.text("two")));
			this.channel.pipeline().fireChannelReadComplete();
		});
	}

	private void slot() {
		this.connection.write(Unpooled.copiedBuffer("x", StandardCharsets.UTF_8), PayloadFlags.SOM | PayloadFlags.EOM);
		if (this.insatiable) {
			this.connection.requestWrite();
		}
		else {
			this.order.add("slot");
		}
	}

	private void end() {
		this.executor.inside(() -> {
			this.channel.close();
			this.channel.runPendingTasks();
		});
	}

	@Test
	void theRestIsDeliveredBeforeTheEnd() {
		end();
		assertThat(this.order).containsExactly("one");
		this.executor.inside(this.connection::resume);
		assertThat(this.order).containsExactly("one", "two", "end");
	}

	@Test
	void theEndDoesNotWaitWhereNothingElseDoes() {
		this.executor.inside(this.connection::resume);
		end();
		assertThat(this.order).containsExactly("one", "two", "end");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void slotsAreGivenThoughNobodyGetsWhatTheyTake(boolean before) {
		if (before) {
			this.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
			this.executor.inside(this.connection::requestWrite);
			assertThat(this.order).containsExactly("one");
			end();
		}
		else {
			end();
			this.executor.inside(this.connection::requestWrite);
		}
		assertThat(this.order).containsExactly("one", "slot");
		this.executor.inside(this.connection::resume);
		assertThat(this.order).containsExactly("one", "slot", "two", "end");
	}

	@Test
	void whoOnlyAsksForSlotsIsToldOfTheEnd() {
		this.insatiable = true;
		end();
		this.executor.inside(this.connection::requestWrite);
		assertThat(this.order).containsExactly("one", "end");
	}

	private static final class Owner extends WebSocketTransport {

		@Override
		protected void abandon() {
		}

	}

}
