package io.securestreams.proxy.server.payload;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.proxy.wire.ConnState;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a client that does not read is said not to keep up.
 */
class RxFramingTests {

	private static final int HIGH = 24_000;

	private final List<Boolean> writable = new ArrayList<>();

	private final Deaf socket = new Deaf();

	private final RxFraming framing = new RxFraming(this.socket.context(), this.writable::add);

	RxFramingTests() {
		this.socket.config().setWriteBufferWaterMark(new WriteBufferWaterMark(8_000, HIGH));
	}

	@AfterEach
	void close() {
		this.framing.drop();
		this.socket.takes = true;
		this.socket.flushOutbound();
		this.socket.finishAndReleaseAll();
	}

	@Test
	void whatIsCollectedCountsAsUnread() {
		this.framing.plain();
		payload(20_000);
		assertThat(this.writable).isEmpty();
		payload(20_000);
		assertThat(this.writable).containsExactly(false);
	}

	@Test
	void whatIsCollectedForOurClientsCountsAsUnread() {
		this.framing.trust(2_048);
		for (int i = 0; i < 12; i++) {
			payload(1_900);
		}
		assertThat(this.writable).isEmpty();
		payload(1_900);
		assertThat(this.writable).containsExactly(false);
	}

	@Test
	void aClientThatReadsInTheSameTurnKeepsUp() {
		this.framing.plain();
		this.socket.takes = true;
		for (int i = 0; i < 10; i++) {
			payload(20_000);
		}
		assertThat(this.writable).isEmpty();
	}

	@Test
	void aClientThatHasReadIsSaidToKeepUp() {
		this.framing.plain();
		payload(65_536);
		assertThat(this.writable).containsExactly(false);
		this.socket.takes = true;
		this.socket.flushOutbound();
		this.framing.onWritability();
		assertThat(this.writable).containsExactly(false, true);
	}

	@Test
	void aClientOfOursThatReadsInTheSameTurnKeepsUp() {
		this.framing.trust(HIGH);
		this.socket.takes = true;
		for (int i = 0; i < 10; i++) {
			// Passed on as it is, not collected
			payload(36_000);
		}
		assertThat(this.writable).isEmpty();
	}

	@Test
	void statesAreNotUnreadWhereTheSocketTakesThem() {
		this.framing.trust(2_048);
		this.socket.takes = true;
		this.socket.config().setWriteBufferWaterMark(new WriteBufferWaterMark(500, 1_024));
		this.socket.inTurn = true;
		for (int length = 900; length < 1_100; length++) {
			payload(length);
			state(StreamState.QOS_ACK_REMOTE);
			this.framing.flush();
			for (int i = 0; i < 3; i++) {
				state(StreamState.CONNECTING);
				this.framing.flush();
			}
		}
		assertThat(this.writable).isEmpty();
		assertThat(this.framing.unreadFrames()).isZero();
	}

	private void state(StreamState state) {
		this.framing.send(new ConnState(state.code(), 0), 127);
	}

	private void payload(int length) {
		ByteBuf content = Unpooled.wrappedBuffer(new byte[length]);
		this.framing.payload(0, null, content);
		content.release();
	}

	/** A socket that takes nothing until told to. */
	private static final class Deaf extends EmbeddedChannel {

		boolean takes;

		/** What has been put off to the end of the turn waits for it. */
		boolean inTurn;

		Deaf() {
			super(new ChannelInboundHandlerAdapter());
		}

		@Override
		public void runPendingTasks() {
			if (!this.inTurn) {
				super.runPendingTasks();
			}
		}

		ChannelHandlerContext context() {
			return pipeline().firstContext();
		}

		@Override
		protected void doWrite(ChannelOutboundBuffer in) throws Exception {
			if (this.takes) {
				super.doWrite(in);
			}
		}

	}

}
