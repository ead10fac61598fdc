package io.securestreams.spring.testing;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.stream.Payload;

/**
 * Payload on the heap.
 */
public record FakePayload(ByteBuf content, boolean isStart, boolean isEnd, boolean isPerf, boolean isRelatedStart,
		boolean isRelatedEnd, String rideshare) implements Payload {

	public static FakePayload of(String text, boolean start, boolean end) {
		return new FakePayload(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), start, end, false, false, false,
				"");
	}

	public static FakePayload perf(String json) {
		return new FakePayload(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8), true, true, true, false, false, "");
	}

}
