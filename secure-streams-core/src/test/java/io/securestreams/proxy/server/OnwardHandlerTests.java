package io.securestreams.proxy.server;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a stream of another event loop receives while that of its link does nothing.
 */
class OnwardHandlerTests {

	private static final int MOST = 32 * 1024;

	private final List<String> calls = new ArrayList<>();

	private final List<Object> waiting = new ArrayList<>();

	private final SecureStream stream = made(SecureStream.class);

	/** Somebody else's thread, which is busy. */
	private final EventLoop loop = made(EventLoop.class);

	@SuppressWarnings("NullAway") // nothing arrives there
	private final OnwardHandler handler = new OnwardHandler(this.loop, null, MOST);

	private <T> T made(Class<T> type) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (self, method, given) -> {
				if (method.getName().equals("inEventLoop")) {
					return false;
				}
				if (method.getName().equals("execute")) {
					this.waiting.add(given[0]);
				}
				else {
					this.calls.add(method.getName());
				}
				return null;
			}));
	}

	@Test
	void emptyMessagesCountAsWell() {
		for (int i = 0; i < 100_000 && this.calls.isEmpty(); i++) {
			this.handler.onReceive(this.stream, new Empty());
		}
		assertThat(this.calls).containsExactly("pauseReceiving");
		assertThat(this.waiting).hasSizeLessThan(1000);
	}

	private record Empty() implements Payload {

		@Override
		public ByteBuf content() {
			return Unpooled.EMPTY_BUFFER;
		}

		@Override
		public boolean isStart() {
			return true;
		}

		@Override
		public boolean isEnd() {
			return true;
		}

		@Override
		public boolean isPerf() {
			return false;
		}

		@Override
		public boolean isRelatedStart() {
			return false;
		}

		@Override
		public boolean isRelatedEnd() {
			return false;
		}

		@Override
		public String rideshare() {
			return "one";
		}

	}

}
