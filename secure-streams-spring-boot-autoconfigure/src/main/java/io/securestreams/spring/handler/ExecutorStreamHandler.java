package io.securestreams.spring.handler;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Calls another handler on an executor.
 */
final class ExecutorStreamHandler implements StreamHandler {

	private final StreamHandler handler;

	private final SerialTasks tasks;

	ExecutorStreamHandler(StreamHandler handler, SerialTasks tasks) {
		this.handler = handler;
		this.tasks = tasks;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		this.tasks.add(stream, state, () -> this.handler.onState(stream, state, ordinal));
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		this.tasks.add(stream, () -> this.handler.onUserState(stream, userState));
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		Payload copy = DetachedPayload.of(payload);
		this.tasks.addPaused(stream, () -> this.handler.onReceive(stream, copy));
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		this.tasks.addWriting(stream, new ExecutorSlot(slot.detach()), (own) -> this.handler.onWritable(stream, own));
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		this.tasks.add(stream, () -> this.handler.onPerf(stream, timings));
	}

}
