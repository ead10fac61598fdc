package io.securestreams.transport.contract;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Sends one message, piece by piece, on every connection, and collects what comes back.
 * Complains where callbacks overlap, come from two threads or after the last one.
 */
final class ContractHandler implements StreamHandler {

	private final byte[] message;

	private final int piece;

	private final Map<String, Consumer<SecureStream>> actions = new HashMap<>();

	/** Guarded by this, as is all that follows. */
	private final List<String> events = new ArrayList<>();

	private final List<String> complaints = new ArrayList<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private String failure = "";

	private @Nullable Thread thread;

	private boolean inside;

	private int sent;

	private int unusedSlots;

	private boolean held;

	ContractHandler(byte[] message, int piece) {
		this.message = message;
		this.piece = piece;
	}

	/**
	 * Does something in each callback of a kind: a state's name, {@code tx}, {@code rx}.
	 */
	ContractHandler on(String event, Consumer<SecureStream> action) {
		this.actions.put(event, action);
		return this;
	}

	/** Lets so many slots pass, and asks again. */
	ContractHandler unusedSlots(int count) {
		this.unusedSlots = count;
		return this;
	}

	/** Keeps all but the first piece back. */
	ContractHandler holdAfterFirst() {
		this.held = true;
		return this;
	}

	synchronized void release() {
		this.held = false;
	}

	synchronized List<String> events() {
		return List.copyOf(this.events);
	}

	synchronized long count(String event) {
		return this.events.stream().filter(event::equals).count();
	}

	synchronized byte[] received() {
		return this.received.toByteArray();
	}

	synchronized List<String> complaints() {
		return List.copyOf(this.complaints);
	}

	void awaitEcho() {
		await(() -> this.received.size() >= this.message.length, "the whole echo");
	}

	void await(String event, int count) {
		await(() -> count(event) >= count, count + " " + event);
	}

	private synchronized void await(BooleanSupplier condition, String what) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		while (!condition.getAsBoolean()) {
			long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
			if (left <= 0) {
				throw new AssertionError(what + ": not within 30 s, but " + this.received.size() + " bytes, "
						+ this.events + this.complaints + this.failure);
			}
			try {
				wait(left);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		callback(stream, state.name(), () -> {
			switch (state) {
				case CREATING -> nameSelf(stream);
				case CONNECTING -> {
					this.sent = 0;
					this.received.reset();
				}
				// What was asked for before may have gone with the attempt
				case CONNECTED -> stream.requestTx();
				case UNREACHABLE, DISCONNECTED -> this.failure = String.valueOf(stream.lastFailure());
				default -> {
				}
			}
		});
	}

	/** Where peers send back by a name, each stream has its own. */
	private static void nameSelf(SecureStream stream) {
		StreamPolicy policy = stream.policy();
		if (policy != null && policy.metadata().stream().anyMatch((each) -> each.name().equals(TestPolicy.SELF))) {
			stream.metadata().set(TestPolicy.SELF, stream.id());
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (payload.length() > 0) {
			callback(stream, "rx", () -> this.received.writeBytes(payload.toByteArray()));
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		callback(stream, "tx", () -> fill(stream, slot));
	}

	private void fill(SecureStream stream, TxSlot slot) {
		if (this.sent == this.message.length || (this.held && this.sent > 0)) {
			return;
		}
		if (this.unusedSlots > 0) {
			this.unusedSlots--;
			stream.requestTx();
			return;
		}
		int length = Math.min(Math.min(this.piece, slot.capacity()), this.message.length - this.sent);
		slot.write(this.message, this.sent, length);
		this.sent += length;
		if (this.sent == this.message.length) {
			slot.end();
		}
		else {
			stream.requestTx();
		}
	}

	private synchronized void callback(SecureStream stream, String event, Runnable effect) {
		Thread current = Thread.currentThread();
		if (this.thread != null && this.thread != current) {
			this.complaints.add(event + " on " + current + ", not on " + this.thread);
		}
		this.thread = current;
		if (this.inside) {
			this.complaints.add(event + " inside another callback");
		}
		if (this.events.contains("DESTROYING")) {
			this.complaints.add(event + " after DESTROYING");
		}
		this.events.add(event);
		this.inside = true;
		try {
			effect.run();
			Consumer<SecureStream> action = this.actions.get(event);
			if (action != null) {
				action.accept(stream);
			}
		}
		finally {
			this.inside = false;
			notifyAll();
		}
	}

}
