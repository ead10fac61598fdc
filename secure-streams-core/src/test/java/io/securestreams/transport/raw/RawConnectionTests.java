package io.securestreams.transport.raw;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.Address;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.loop.EventLoopExecutor;

import static org.assertj.core.api.Assertions.assertThat;

class RawConnectionTests {

	private final Flushes flushes = new Flushes();

	private final EmbeddedChannel channel = new EmbeddedChannel(this.flushes);

	private final RawServerTransport transport = new RawServerTransport(this.channel);

	private final TestLink link = new TestLink(EventLoopExecutor.of(this.channel.eventLoop()),
			TestPolicies.server("127.0.0.1"), new Address.Host("", 0), null)
		.transport(this.transport);

	@BeforeEach
	void open() {
		this.channel.config().setAutoRead(false);
		this.transport.attach(this.link, false);
		this.channel.pipeline().fireChannelActive();
		this.flushes.count = 0;
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void flushesOncePerReadTurn() {
		this.link.echo();
		for (String text : List.of("a", "b", "c")) {
			this.channel.pipeline().fireChannelRead(bytes(text));
		}
		assertThat(this.flushes.count).isZero();
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.flushes.count).isEqualTo(1);
		// One buffer for all that is small
		assertThat(sent()).containsExactly("abc");
	}

	@Test
	void flushesOncePerTurnOfTheLoop() {
		int[] left = { 5 };
		this.link.onWritable((capacity) -> {
			if (--left[0] > 0) {
				this.transport.requestWrite();
			}
			return bytes("x");
		});
		this.transport.requestWrite();
		this.transport.requestWrite();
		assertThat(left[0]).isEqualTo(5);
		this.channel.runPendingTasks();
		assertThat(left[0]).isZero();
		assertThat(this.flushes.count).isEqualTo(1);
	}

	@Test
	void givesOthersATurnAfterManySlots() {
		int[] left = { 150 };
		this.link.onWritable((capacity) -> {
			if (--left[0] > 0) {
				this.transport.requestWrite();
			}
			return bytes("x");
		});
		this.transport.requestWrite();
		this.channel.runPendingTasks();
		assertThat(left[0]).isZero();
		assertThat(this.flushes.count).isEqualTo(3);
	}

	@Test
	void givesNoSlotWhileThePeerDoesNotRead() {
		this.flushes.stuck = true;
		int[] slots = { 0 };
		this.link.onWritable((capacity) -> {
			slots[0]++;
			this.transport.requestWrite();
			return Unpooled.buffer(capacity).writeZero(capacity);
		});
		this.transport.requestWrite();
		this.channel.runPendingTasks();
		// The high water mark is 64 KiB
		assertThat(slots[0]).isBetween(4, 5);
	}

	@Test
	void keepsOrderWhenReadingIsPausedInTheMiddle() {
		List<String> got = new ArrayList<>();
		this.link.onReceive((bytes) -> {
			got.add(bytes.toString(StandardCharsets.US_ASCII));
			if (got.size() == 1) {
				this.transport.pauseReading();
			}
		});
		for (String text : List.of("1", "2", "3")) {
			this.channel.pipeline().fireChannelRead(bytes(text));
		}
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(got).containsExactly("1");
		this.transport.resumeReading();
		assertThat(got).containsExactly("1");
		this.channel.pipeline().fireChannelRead(bytes("4"));
		this.channel.runPendingTasks();
		assertThat(got).containsExactly("1", "2", "3", "4");
		assertThat(this.channel.config().isAutoRead()).isTrue();
	}

	@Test
	void reportsABrokenConnectionAfterWhatWasReceived() {
		this.transport.pauseReading();
		this.channel.pipeline().fireChannelRead(bytes("kept"));
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset"));
		assertThat(this.link.closed).isNotDone();
		this.transport.resumeReading();
		this.channel.runPendingTasks();
		assertThat(this.link.awaitText(4)).isEqualTo("kept");
		assertThat(this.link.closed.join().phase()).isEqualTo(Phase.CONNECTION);
		assertThat(this.link.closed.join().message()).contains("Connection reset");
	}

	@Test
	void dropsEverythingOnClose() {
		this.transport.pauseReading();
		ByteBuf held = bytes("held");
		this.channel.pipeline().fireChannelRead(held);
		this.transport.requestWrite();
		this.transport.close();
		this.channel.runPendingTasks();
		assertThat(held.refCnt()).isZero();
		assertThat(this.channel.isActive()).isFalse();
		ByteBuf late = bytes("late");
		this.transport.write(late, 0, 1);
		assertThat(late.refCnt()).isZero();
		assertThat(this.link.events).containsExactly("connected");
	}

	@Test
	void closingFromInsideACallbackIsSafe() {
		this.link.onReceive((bytes) -> this.transport.close());
		this.channel.pipeline().fireChannelRead(bytes("1"));
		this.channel.pipeline().fireChannelRead(bytes("2"));
		this.channel.runPendingTasks();
		assertThat(this.link.events).containsExactly("connected", "received");
	}

	private List<String> sent() {
		List<String> texts = new ArrayList<>();
		for (ByteBuf bytes = this.channel.readOutbound(); bytes != null; bytes = this.channel.readOutbound()) {
			texts.add(bytes.toString(StandardCharsets.US_ASCII));
			bytes.release();
		}
		return texts;
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
	}

	private static final class Flushes extends ChannelOutboundHandlerAdapter {

		private int count;

		private boolean stuck;

		@Override
		public void flush(ChannelHandlerContext ctx) {
			this.count++;
			if (!this.stuck) {
				ctx.flush();
			}
		}

	}

}
