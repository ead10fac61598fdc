package io.securestreams.transport.local;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Writes down what a handler is told, in order.
 */
class EventRecorder implements StreamHandler {

	/** States by name, payload as {@code "text"} with {@code <} and {@code >} marks. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final List<Thread> threads = new CopyOnWriteArrayList<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		record(state.name() + ((ordinal != 0) ? " " + ordinal : ""));
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.received.writeBytes(payload.toByteArray());
		String text = (payload.length() > 40) ? payload.length() + " bytes" : "\"" + payload.text() + "\"";
		record((payload.isStart() ? "<" : "") + text + (payload.isEnd() ? ">" : ""));
	}

	/** What has been received; on the event loop, or when the stream has ended. */
	byte[] bytes() {
		return this.received.toByteArray();
	}

	void record(String event) {
		this.threads.add(Thread.currentThread());
		this.events.add(event);
		this.watchers.forEach((watcher) -> watcher.accept(event));
	}

	/** Waits until an event has been written down, or has been before. */
	void await(StreamState state) {
		await(state.name());
	}

	void await(String event) {
		CompletableFuture<Void> seen = new CompletableFuture<>();
		this.watchers.add((now) -> {
			if (now.equals(event)) {
				seen.complete(null);
			}
		});
		if (this.events.contains(event)) {
			return;
		}
		try {
			seen.get(20, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError("no " + event + " within 20 s, but " + this.events, ex);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
