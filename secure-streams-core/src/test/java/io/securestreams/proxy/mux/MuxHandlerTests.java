package io.securestreams.proxy.mux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.testing.LinkCapture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both sides of the mux layer, byte by byte.
 */
class MuxHandlerTests {

	/** Channels that the server takes in a test. */
	private static final int MOST = 3;

	private final List<String> events = new ArrayList<>();

	private final List<MuxChannel> channels = new ArrayList<>();

	private EmbeddedChannel connection = new EmbeddedChannel();

	@AfterEach
	void stop() {
		this.connection.finishAndReleaseAll();
	}

	private MuxHandler server() {
		MuxHandler mux = MuxHandler.server((channel) -> {
			if (this.channels.size() == MOST) {
				return false;
			}
			watch(channel);
			return true;
		});
		this.connection = new EmbeddedChannel(mux);
		return mux;
	}

	private MuxHandler client() {
		MuxHandler mux = MuxHandler.client();
		this.connection = new EmbeddedChannel(mux);
		return mux;
	}

	private void take(MuxChannel channel) {
		watch(channel);
		this.connection.eventLoop().register(channel);
	}

	private void watch(MuxChannel channel) {
		this.channels.add(channel);
		channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelActive(ChannelHandlerContext ctx) {
				MuxHandlerTests.this.events.add("open " + channel.number());
				channel.config().setAutoRead(true);
			}

			@Override
			public void channelRead(ChannelHandlerContext ctx, Object message) {
				ByteBuf bytes = (ByteBuf) message;
				MuxHandlerTests.this.events.add(channel.number() + " " + bytes.toString(StandardCharsets.US_ASCII));
				bytes.release();
			}

			@Override
			public void channelInactive(ChannelHandlerContext ctx) {
				MuxHandlerTests.this.events.add("closed " + channel.number());
			}
		});
	}

	private MuxHandler.Opening opening() {
		return new MuxHandler.Opening() {
			@Override
			public void opened(MuxChannel channel) {
				take(channel);
			}

			@Override
			public void failed(String reason) {
				MuxHandlerTests.this.events.add("failed: " + reason);
			}
		};
	}

	/** What has been written, times left out. */
	private String written() {
		this.connection.runPendingTasks();
		ByteBuf all = Unpooled.buffer();
		ByteBuf next = this.connection.readOutbound();
		while (next != null) {
			all.writeBytes(next);
			next.release();
			next = this.connection.readOutbound();
		}
		return ByteBufUtil.hexDump(all);
	}

	private void receive(String hex) {
		for (byte one : HexFormat.of().parseHex(hex)) {
			this.connection.writeInbound(Unpooled.wrappedBuffer(new byte[] { one }));
		}
	}

	/** Answers the PING at the end of what has been written. */
	private void pong() {
		String written = written();
		assertThat(written).matches("(f9)?f6[0-9a-f]{16}");
		receive("f7" + written.substring(written.length() - 16) + "0000000000000001");
		assertThat(written()).matches("f8[0-9a-f]{16}(f0ff)?");
	}

	@Test
	void aChannelIsServed() {
		assertThat(server().isUp()).isFalse();
		pong();
		receive("f0ff");
		assertThat(written()).isEqualTo("f1ff");
		receive("f5ff0003" + "616263" + "f5ff0000");
		assertThat(this.events).containsExactly("open 255", "255 a", "255 b", "255 c");
		this.channels.get(0).writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
		assertThat(written()).isEqualTo("f5ff000568656c6c6f");
		// A number that is in use is not opened again
		receive("f0ff");
		assertThat(written()).isEmpty();
		receive("f3ff");
		assertThat(written()).isEqualTo("f4ff");
		assertThat(this.events).endsWith("closed 255");
		receive("f0ff");
		assertThat(written()).isEqualTo("f1ff");
	}

	@Test
	void aChannelThatIsRefusedLeavesTheOthersAlone() {
		server();
		pong();
		receive("f0ff" + "f0fe" + "f0fd" + "f0fc");
		assertThat(written()).isEqualTo("f1ff" + "f1fe" + "f1fd" + "f2fc");
		receive("f5ff0001" + "61");
		assertThat(this.events).endsWith("255 a");
	}

	@Test
	void oneThatDoesNotReadItsAnswersIsCutOff() {
		server();
		pong();
		ByteBuf pings = Unpooled.buffer();
		for (int i = 0; i < 100_000; i++) {
			pings.writeByte(0xf6).writeLong(i);
		}
		// Without the end of a read nothing is flushed, as to one that takes nothing
		this.connection.writeOneInbound(pings);
		this.connection.runPendingTasks();
		assertThat(this.connection.isOpen()).isFalse();
	}

	@Test
	void muchIsCutInPieces() {
		server();
		pong();
		receive("f0ff");
		written();
		this.channels.get(0).writeAndFlush(Unpooled.buffer().writeZero(3000));
		assertThat(written()).startsWith("f5ff0514").contains("f5ff0190").hasSize(2 * (3000 + 3 * 4));
	}

	@Test
	void dataForNobodyIsRefused() {
		server();
		pong();
		receive("f507000461626364");
		// Once, however many pieces it came in
		assertThat(written()).isEqualTo("f207");
		assertThat(this.events).isEmpty();
	}

	@Test
	void whatWaitsForOneChannelDoesNotKeepWhatWasReadForOthers() {
		server();
		pong();
		receive("f0ff");
		this.channels.get(0).config().setAutoRead(false);
		receive("f5ff0001" + "61");
		for (int i = 0; i < 3; i++) {
			ByteBuf read = Unpooled.buffer().writeBytes(HexFormat.of().parseHex("f5ff0001" + "62" + "f507fff0"));
			this.connection.writeInbound(read.writeZero(0xfff0));
			assertThat(read.refCnt()).isZero();
		}
		this.channels.get(0).config().setAutoRead(true);
		this.connection.runPendingTasks();
		assertThat(this.events).containsExactly("open 255", "255 a", "255 bbb");
	}

	@Test
	void aFrameThatClaimsToBeLongerThanItIsEndsWithTheSilence() {
		MuxHandler mux = server();
		pong();
		receive("f0ff" + "f5ffffff" + "61");
		written();
		this.connection.advanceTimeBy(MuxHandler.PING_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		this.connection.advanceTimeBy(MuxHandler.GRACE_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		assertThat(mux.isUp()).isFalse();
		written();
		this.connection.advanceTimeBy(MuxHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		pong();
		receive("f0ff");
		assertThat(written()).isEqualTo("f1ff");
		assertThat(this.events).containsExactly("open 255", "255 a", "closed 255", "open 255");
	}

	@Test
	void aStormOfResetsEndsTheConnection() {
		server();
		for (int i = 0; i < MuxHandler.MOST_STARTS; i++) {
			receive("f8" + "0000000000000001" + "f9");
		}
		assertThat(this.connection.isOpen()).isTrue();
		receive("f8" + "0000000000000001");
		assertThat(this.connection.isOpen()).isFalse();
		assertThat(this.events).isEmpty();
	}

	@Test
	void aResetDropsAllChannelsAndBothStartAgain() {
		MuxHandler mux = server();
		pong();
		receive("f0ff" + "f0fe");
		written();
		receive("f9");
		assertThat(this.events).contains("closed 255", "closed 254");
		assertThat(mux.isUp()).isFalse();
		// While down there are no channels
		receive("f0ff" + "f9");
		assertThat(written()).isEmpty();
		this.connection.advanceTimeBy(MuxHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		pong();
		assertThat(mux.isUp()).isTrue();
	}

	@Test
	void whatMakesNoSenseIsAReset() {
		server();
		pong();
		receive("f0ff");
		receive("42");
		assertThat(this.events).endsWith("closed 255");
	}

	@Test
	void silenceIsAReset() {
		MuxHandler mux = server();
		pong();
		receive("f0ff");
		written();
		this.connection.advanceTimeBy(MuxHandler.PING_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		assertThat(written()).matches("f6[0-9a-f]{16}");
		this.connection.advanceTimeBy(MuxHandler.GRACE_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		this.connection.runPendingTasks();
		assertThat(mux.isUp()).isFalse();
		assertThat(this.events).endsWith("closed 255");
		this.connection.advanceTimeBy(MuxHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
		this.connection.runScheduledPendingTasks();
		assertThat(written()).matches("f9f6[0-9a-f]{16}");
	}

	@Test
	void pingsAreAnsweredAndAnotherTimeIsNoPong() {
		MuxHandler mux = server();
		written();
		receive("f600000000075bcd15");
		assertThat(written()).matches("f700000000075bcd15[0-9a-f]{16}");
		receive("f7" + "00".repeat(16));
		assertThat(mux.isUp()).isFalse();
		receive("f8" + "00".repeat(8));
		assertThat(mux.isUp()).isTrue();
	}

	@Test
	void clientsOpenChannelsFrom255Downwards() {
		MuxHandler mux = client();
		mux.open(opening());
		pong();
		receive("f1ff");
		mux.open(opening());
		assertThat(written()).isEqualTo("f0fe");
		receive("f2fe");
		assertThat(this.events).containsExactly("open 255", "failed: the other side refuses another channel");
		// Numbers whose end nobody confirms are not used again
		this.channels.get(0).close();
		assertThat(written()).isEqualTo("f3ff");
		mux.open(opening());
		assertThat(written()).isEqualTo("f0fe");
		receive("f4ff");
		mux.open(opening());
		assertThat(written()).isEqualTo("f0ff");
	}

	@Test
	void numbersThatAreUsedUpCostANewStartAndNoChannel() {
		MuxHandler mux = client();
		pong();
		for (int number = 255; number >= 0; number--) {
			mux.open(opening());
			receive("f1" + HexFormat.of().toHexDigits((byte) number));
			this.channels.get(255 - number).close();
		}
		written();
		this.events.clear();
		mux.open(opening());
		assertThat(mux.isUp()).isFalse();
		pong();
		receive("f1ff");
		assertThat(this.events).containsExactly("open 255");
	}

	@Test
	void moreThan253ChannelsAreRefused() {
		MuxHandler mux = client();
		pong();
		for (int i = 0; i < 254; i++) {
			mux.open(opening());
		}
		assertThat(this.events).containsExactly("failed: all channels are in use");
	}

	@Test
	void theEndOfTheConnectionEndsAllChannels() {
		MuxHandler mux = client();
		pong();
		mux.open(opening());
		receive("f1ff");
		mux.open(opening());
		this.connection.close();
		assertThat(this.events).containsExactlyInAnyOrder("open 255", "closed 255", "failed: the connection is closed");
	}

	static List<LinkCapture> captures() {
		return LinkCapture.all("mux");
	}

	/** What was recorded is read by both sides however it is cut. */
	@ParameterizedTest
	@MethodSource("captures")
	void whatWasRecordedIsUnderstood(LinkCapture capture) {
		for (boolean fromClient : new boolean[] { true, false }) {
			MuxHandler mux = fromClient ? server() : client();
			written();
			receive(HexFormat.of().formatHex(capture.sent(fromClient)));
			this.connection.runPendingTasks();
			assertThat(this.connection.isActive()).isTrue();
			assertThat(mux.channel()).isSameAs(this.connection);
			this.connection.finishAndReleaseAll();
		}
	}

	@Test
	void rubbishHarmsNobody() {
		Random random = new Random(5);
		for (int round = 0; round < 200; round++) {
			server();
			pong();
			byte[] bytes = new byte[500];
			random.nextBytes(bytes);
			for (int i = 0; i < bytes.length; i += 7) {
				bytes[i] = (byte) (0xf0 + random.nextInt(10));
			}
			this.connection.writeInbound(Unpooled.wrappedBuffer(bytes));
			assertThat(this.connection.isActive()).isTrue();
			this.connection.finishAndReleaseAll();
		}
	}

}
