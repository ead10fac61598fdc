package io.securestreams.demo.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.stream.Payload;

/**
 * Payload out of the hat.
 */
record FakePayload(byte[] bytes, boolean isStart, boolean isEnd) implements Payload {

	@Override
	public ByteBuf content() {
		return Unpooled.wrappedBuffer(this.bytes);
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
		return "";
	}

}
