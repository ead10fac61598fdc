package io.securestreams.transport.loop;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelTaskTests {

	@Test
	void whatATaskThrowsReachesTheConnection() {
		List<Throwable> caught = new ArrayList<>();
		EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
			@Override
			public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
				caught.add(cause);
				ctx.close();
			}
		});
		OutOfMemoryError failure = new OutOfMemoryError("no 100 bytes");
		channel.eventLoop().execute(ChannelTask.of(() -> channel, () -> {
			throw failure;
		}));
		channel.runPendingTasks();
		assertThat(caught).containsExactly(failure);
		assertThat(channel.isOpen()).isFalse();
	}

}
