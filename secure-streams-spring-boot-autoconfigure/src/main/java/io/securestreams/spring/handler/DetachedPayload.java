package io.securestreams.spring.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.MessagePart;
import io.securestreams.stream.Payload;

/**
 * Payload that outlives its callback: a copy on the heap, so that nobody has to release
 * it if the executor never gets to it.
 */
record DetachedPayload(ByteBuf content, boolean isStart, boolean isEnd, boolean isPerf, boolean isRelatedStart,
		boolean isRelatedEnd, String rideshare, @Nullable MessagePart part) implements Payload {

	static DetachedPayload of(Payload payload) {
		return new DetachedPayload(Unpooled.wrappedBuffer(payload.toByteArray()), payload.isStart(), payload.isEnd(),
				payload.isPerf(), payload.isRelatedStart(), payload.isRelatedEnd(), payload.rideshare(),
				payload.part());
	}

}
