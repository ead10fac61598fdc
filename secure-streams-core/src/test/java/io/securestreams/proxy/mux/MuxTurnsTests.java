package io.securestreams.proxy.mux;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Channels that all have more to send than their connection takes.
 */
class MuxTurnsTests {

	private static final int MUX = 0xf5;

	private final List<MuxChannel> channels = new ArrayList<>();

	private final Narrow connection = new Narrow(MuxHandler.server((channel) -> {
		this.channels.add(channel);
		channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
		return true;
	}));

	@AfterEach
	void stop() {
		this.connection.room = Integer.MAX_VALUE;
		this.connection.finishAndReleaseAll();
	}

	@Test
	void oneThatAlwaysHasMoreLeavesTheOthersTheirTurn() {
		this.connection.room = 1000;
		this.connection.flushOutbound();
		receive("f7" + this.connection.last.substring(2) + "0000000000000001");
		receive("f0ff" + "f0fe" + "f0fd");
		this.connection.room = 0;
		assertThat(this.channels).hasSize(3);
		for (MuxChannel channel : this.channels) {
			for (int i = 0; i < 64; i++) {
				channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[16 * 1024]));
			}
		}
		this.connection.runPendingTasks();
		this.connection.numbers.clear();
		for (int i = 0; i < 12; i++) {
			this.connection.room = 64 * 1024;
			this.connection.flushOutbound();
		}
		assertThat(this.connection.numbers).contains(253, 254, 255);
		long all = this.connection.numbers.size();
		for (int number = 253; number <= 255; number++) {
			int each = number;
			assertThat(this.connection.numbers.stream().filter((sent) -> sent == each).count()).as("of %s", all)
				.isGreaterThan(all / 6);
		}
	}

	@Test
	void oneThatIsFilledUpAgainAndAgainLeavesTheEventLoopToOthers() {
		this.connection.room = 1000;
		this.connection.flushOutbound();
		receive("f7" + this.connection.last.substring(2) + "0000000000000001");
		receive("f0ff");
		this.connection.room = Integer.MAX_VALUE;
		MuxChannel channel = this.channels.get(0);
		Endless source = new Endless();
		channel.pipeline().addLast(source);
		this.connection.inTurn = true;
		this.connection.numbers.clear();
		source.fill(channel);
		assertThat(this.connection.numbers).hasSizeBetween(10, 500);
		this.connection.inTurn = false;
		this.connection.runPendingTasks();
		assertThat(source.left).isZero();
		assertThat(this.connection.numbers).hasSize(Endless.PIECES);
	}

	private void receive(String hex) {
		this.connection.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
	}

	/** Sends as long as the channel takes it, as a client with a large body does. */
	private static final class Endless extends ChannelInboundHandlerAdapter {

		static final int PIECES = 1_000;

		int left = PIECES;

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext ctx) {
			if (ctx.channel().isWritable()) {
				fill(ctx.channel());
			}
		}

		void fill(Channel channel) {
			while (this.left > 0 && channel.isWritable()) {
				this.left--;
				channel.write(Unpooled.wrappedBuffer(new byte[1000]));
			}
			channel.flush();
		}

	}

	/** A connection that takes as many bytes as it has room for. */
	private static final class Narrow extends EmbeddedChannel {

		/** Whose data has left, frame by frame. */
		final List<Integer> numbers = new ArrayList<>();

		String last = "";

		int room;

		/** What has been put off waits. */
		boolean inTurn;

		Narrow(ChannelHandler handler) {
			super(handler);
		}

		@Override
		public void runPendingTasks() {
			if (!this.inTurn) {
				super.runPendingTasks();
			}
		}

		@Override
		protected void doWrite(ChannelOutboundBuffer in) {
			while (this.room > 0 && in.current() instanceof ByteBuf next) {
				this.room -= next.readableBytes();
				if (next.getUnsignedByte(0) == MUX) {
					this.numbers.add((int) next.getUnsignedByte(1));
				}
				else {
					this.last = ByteBufUtil.hexDump(next);
				}
				in.remove();
			}
		}

	}

}
