package io.securestreams.spring.handler;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Calls another handler with an observer around it.
 */
final class ObservedStreamHandler implements StreamHandler {

	private final StreamHandler handler;

	private final HandlerObserver observer;

	ObservedStreamHandler(StreamHandler handler, HandlerObserver observer) {
		this.handler = handler;
		this.observer = observer;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		this.observer.callHandler(stream, () -> this.handler.onState(stream, state, ordinal));
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		this.observer.callHandler(stream, () -> this.handler.onUserState(stream, userState));
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.observer.callHandler(stream, () -> this.handler.onReceive(stream, payload));
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		this.observer.callHandler(stream, () -> this.handler.onWritable(stream, slot));
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		this.observer.callHandler(stream, () -> this.handler.onPerf(stream, timings));
	}

}
