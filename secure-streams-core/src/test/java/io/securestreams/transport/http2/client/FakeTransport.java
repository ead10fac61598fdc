package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.TransportKind;

/**
 * Stands in for HTTP/1.1: every attempt succeeds at once.
 */
record FakeTransport(ClientLink link) implements ClientTransport {

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

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
	public void close() {
	}

}
