package io.securestreams.transport.serving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * One request at a server: what its handler is told, and what has become of the handler's
 * calls.
 */
final class Transaction implements StreamHandler {

	/** What the handler was told, in order. */
	final List<String> events = new CopyOnWriteArrayList<>();

	private final List<CompletableFuture<String>> outcomes = new CopyOnWriteArrayList<>();

	/** What the handler does, each complete when it is done. */
	private final List<CompletableFuture<Void>> acts = new CopyOnWriteArrayList<>();

	private final Plan plan;

	private final int slot;

	/** Where the handler acts. */
	private final Executor executor;

	private final StringBuilder received = new StringBuilder();

	private volatile @Nullable SecureStream stream;

	private volatile String answer = "";

	private int sent;

	private int slots;

	Transaction(Plan plan, int slot, Executor executor) {
		this.plan = plan;
		this.slot = slot;
		this.executor = executor;
	}

	SecureStream stream() {
		SecureStream current = this.stream;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	/** Calls, and notes what has become of it. */
	Transaction call(String name, Consumer<SecureStream> action) {
		CompletableFuture<String> outcome = new CompletableFuture<>();
		this.outcomes.add(outcome);
		try {
			action.accept(stream());
			outcome.complete(name);
		}
		catch (RuntimeException ex) {
			outcome.complete(name + " " + ex.getClass().getSimpleName());
		}
		return this;
	}

	Transaction acknowledge(int status) {
		return call("acknowledge " + status, (to) -> to.acknowledge(status));
	}

	Transaction answer(int status, String body) {
		try {
			note("answer", stream().answer(status, bytes(body)).toCompletableFuture());
		}
		catch (RuntimeException ex) {
			this.outcomes.add(CompletableFuture.completedFuture("answer " + ex.getClass().getSimpleName()));
		}
		return this;
	}

	Transaction send(String text) {
		note("send", stream().send(bytes(text)).toCompletableFuture());
		return this;
	}

	private void note(String name, CompletableFuture<Long> sending) {
		this.outcomes.add(sending.handle((ordinal, failure) -> name + " "
				+ ((failure != null) ? failure.getClass().getSimpleName() : "#" + ordinal)));
	}

	/** Gives a body slot by slot. */
	Transaction slots(String text) {
		this.answer = text;
		return call("slots", SecureStream::requestTx);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** Waits until the handler has been told. */
	Transaction await(String event) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> this.events.contains(event));
		return this;
	}

	/** All that the handler knows, when it has done all it does. */
	List<String> told() throws Exception {
		for (CompletableFuture<Void> act : this.acts) {
			act.get(20, TimeUnit.SECONDS);
		}
		List<String> all = new ArrayList<>(this.events);
		for (CompletableFuture<String> outcome : this.outcomes) {
			all.add(outcome.get(20, TimeUnit.SECONDS));
		}
		return all;
	}

	private void act(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.acts.add(done);
		this.executor.execute(() -> {
			try {
				action.run();
			}
			finally {
				done.complete(null);
			}
		});
	}

	@Override
	public void onState(SecureStream current, StreamState state, long ordinal) {
		this.events.add(state + ((ordinal != 0) ? " #" + ordinal : ""));
		if (state == StreamState.SERVER_TXN) {
			this.stream = current;
			current.metadata().set("tag", String.valueOf(current.metadata().get("path")));
			if (this.plan.pausing) {
				current.pauseReceiving();
			}
			act(() -> this.plan.asked.accept(this));
		}
		else if (state == StreamState.DESTROYING) {
			StreamFailure failure = current.lastFailure();
			if (failure != null) {
				this.events.add("failed " + failure.phase());
			}
		}
	}

	@Override
	public void onReceive(SecureStream current, Payload payload) {
		this.received.append(payload.text());
		this.events.add((payload.isStart() ? "start " : "") + (payload.isEnd() ? "end " : "") + "of " + this.received);
		if (payload.isEnd()) {
			String body = this.received.toString();
			act(() -> this.plan.whole.accept(this, body));
		}
		else if (payload.isStart()) {
			this.plan.started.accept(this);
		}
	}

	@Override
	public void onWritable(SecureStream current, TxSlot room) {
		int length = Math.min(this.slot, Math.min(room.capacity(), this.answer.length() - this.sent));
		this.events.add("slot #" + room.ordinal() + " of " + room.capacity());
		if (this.slots++ == this.plan.maxSlots) {
			this.events.add("enough");
			return;
		}
		room.write(this.answer.substring(this.sent, this.sent + length));
		this.sent += length;
		if (this.sent == this.answer.length() && this.plan.maxSlots < 0) {
			room.end();
		}
	}

}
