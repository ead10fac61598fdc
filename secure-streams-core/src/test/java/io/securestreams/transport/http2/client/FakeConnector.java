package io.securestreams.transport.http2.client;

import java.util.function.BiConsumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.exchange.RequestChannel;
import io.securestreams.transport.http.exchange.RequestConnector;
import io.securestreams.transport.http.exchange.RequestListener;
import io.securestreams.transport.http.exchange.RequestPlan;

/**
 * Stands in for HTTP/1.1: every request is answered 200 at once, without a body.
 */
final class FakeConnector implements RequestConnector, RequestChannel, ReceivedHeaders {

	@Override
	public void acquire(RequestPlan plan, boolean fresh, RequestListener listener) {
		if (listener.ready() != null) {
			listener.started(this, null);
			listener.responseHead(200, this);
			listener.responseEnd();
		}
	}

	@Override
	public String peer() {
		return "http/1.1";
	}

	@Override
	public long now() {
		return 0;
	}

	@Override
	public void requestWrite() {
	}

	@Override
	public void write(ByteBuf piece, boolean end) {
		piece.release();
	}

	@Override
	public void abandonBody() {
	}

	@Override
	public void pauseReading() {
	}

	@Override
	public void resumeReading() {
	}

	@Override
	public void confirmValidity() {
	}

	@Override
	public void discard() {
	}

	@Override
	public void cancel() {
	}

	@Override
	public @Nullable String first(String name) {
		return null;
	}

	@Override
	public void forEach(BiConsumer<String, String> each) {
	}

}
