package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;

/**
 * Stands in for HTTP/1.1: every attempt succeeds at once.
 */
record FakeTransport(StreamLink link) implements StreamTransport {

	@Override
	public void connect() {
		this.link.connected("http/1.1");
		this.link.acknowledged(0);
		this.link.completed();
	}

	@Override
	public void requestWrite() {
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		payload.release();
	}

	@Override
	public void pauseReading() {
	}

	@Override
	public void resumeReading() {
	}

	@Override
	public void grantCredit(int bytes) {
	}

	@Override
	public void respond(int status) {
	}

	@Override
	public void confirmValidity() {
	}

	@Override
	public void drain() {
	}

	@Override
	public void close() {
	}

}
