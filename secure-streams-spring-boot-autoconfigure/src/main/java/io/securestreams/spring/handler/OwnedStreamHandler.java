package io.securestreams.spring.handler;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * A handler that ends with its stream.
 */
final class OwnedStreamHandler implements StreamHandler {

	private final StreamHandler handler;

	private final Runnable destruction;

	private final @Nullable SerialTasks tasks;

	/**
	 * Makes the handler of one stream.
	 * @param handler does the work
	 * @param destruction called after the last event
	 * @param tasks where that event is handled, or {@code null} for the event loop
	 */
	OwnedStreamHandler(StreamHandler handler, Runnable destruction, @Nullable SerialTasks tasks) {
		this.handler = handler;
		this.destruction = destruction;
		this.tasks = tasks;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		try {
			this.handler.onState(stream, state, ordinal);
		}
		finally {
			if (state == StreamState.DESTROYING) {
				destroy(stream);
			}
		}
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		this.handler.onUserState(stream, userState);
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.handler.onReceive(stream, payload);
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		this.handler.onWritable(stream, slot);
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		this.handler.onPerf(stream, timings);
	}

	private void destroy(SecureStream stream) {
		if (this.tasks == null) {
			this.destruction.run();
		}
		else {
			this.tasks.add(stream, this.destruction);
		}
	}

}
