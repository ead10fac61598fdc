package io.securestreams.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Keeps the exact list of callbacks, does what the test wants inside them, and fails when
 * one runs inside another or after the last one.
 */
public final class RecordingHandler implements StreamHandler {

	/**
	 * State names (with ordinal if there is one), {@code rx[flags] text},
	 * {@code tx ordinal}, {@code user n}, {@code perf}.
	 */
	public final List<String> events = new ArrayList<>();

	private final Map<String, Consumer<SecureStream>> actions = new HashMap<>();

	private BiConsumer<SecureStream, TxSlot> writer = (stream, slot) -> {
	};

	private @Nullable Consumer<SecureStream> everywhere;

	private boolean inside;

	private boolean over;

	/** Does something at each occurrence of a state. */
	public RecordingHandler on(StreamState state, Consumer<SecureStream> action) {
		this.actions.merge(state.name(), action, Consumer::andThen);
		return this;
	}

	public RecordingHandler onReceive(Consumer<SecureStream> action) {
		this.actions.put("rx", action);
		return this;
	}

	public RecordingHandler onUserState(Consumer<SecureStream> action) {
		this.actions.put("user", action);
		return this;
	}

	public RecordingHandler onPerf(Consumer<SecureStream> action) {
		this.actions.put("perf", action);
		return this;
	}

	/** Fills slots. */
	public RecordingHandler onWritable(BiConsumer<SecureStream, TxSlot> writer) {
		this.writer = writer;
		return this;
	}

	/** Does something in every callback. */
	public RecordingHandler everywhere(Consumer<SecureStream> action) {
		this.everywhere = action;
		return this;
	}

	/** The events since the last call. */
	public List<String> take() {
		List<String> taken = List.copyOf(this.events);
		this.events.clear();
		return taken;
	}

	/** Serves another stream. */
	public void restart() {
		this.over = false;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		boolean numbered = ordinal != 0 || state == StreamState.QOS_ACK_REMOTE || state == StreamState.QOS_NACK_REMOTE;
		record(numbered ? state + " " + ordinal : state.name(), () -> act(stream, state.name()));
		this.over |= state == StreamState.DESTROYING;
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		record("user " + userState, () -> act(stream, "user"));
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		int flags = (payload.isStart() ? PayloadFlags.SOM : 0) | (payload.isEnd() ? PayloadFlags.EOM : 0)
				| (payload.isPerf() ? PayloadFlags.PERF : 0)
				| (payload.isRelatedStart() ? PayloadFlags.RELATED_START : 0)
				| (payload.isRelatedEnd() ? PayloadFlags.RELATED_END : 0);
		record("rx[" + FakeTransport.flags(flags) + "] " + (payload.isPerf() ? "json" : payload.text()),
				() -> act(stream, "rx"));
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		record("tx " + slot.ordinal(), () -> {
			this.writer.accept(stream, slot);
			act(stream, "tx");
		});
	}

	@Override
	public void onPerf(SecureStream stream, ConnectionTimings timings) {
		record("perf", () -> act(stream, "perf"));
	}

	private void act(SecureStream stream, String event) {
		Consumer<SecureStream> action = this.actions.get(event);
		if (action != null) {
			action.accept(stream);
		}
		if (this.everywhere != null) {
			this.everywhere.accept(stream);
		}
	}

	private void record(String event, Runnable action) {
		if (this.over) {
			this.events.add("after the end: " + event);
		}
		if (this.inside) {
			this.events.add("re-entered: " + event);
			return;
		}
		this.inside = true;
		try {
			this.events.add(event);
			action.run();
		}
		finally {
			this.inside = false;
		}
	}

}
