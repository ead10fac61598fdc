package io.securestreams.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;

/**
 * A transport that does what the test says, checks that the engine keeps to the contract,
 * and records what it is asked to do. Every method is called on the stream's executor.
 */
public final class FakeTransport implements ClientTransport, AcceptedTransport {

	/** What the engine has called, in order. */
	public final List<String> calls = new ArrayList<>();

	/** What was written, as {@code flags:text@ordinal}. */
	public final List<String> written = new ArrayList<>();

	/** What {@link #connect()} does, before it returns. */
	public Runnable onConnect = () -> {
	};

	/** What {@link #write} does with what it was given, before it returns. */
	public Runnable onWrite = () -> {
	};

	/** What {@link #grantCredit} does. */
	public Runnable onCredit = () -> {
	};

	public Runnable onClose = () -> {
	};

	public @Nullable String rideshare;

	/** What the engine has to wait for. */
	public boolean inFlight;

	/** Whether what is under way may reach the peer twice. */
	public boolean repeatable = true;

	/** How many messages the handler has had. */
	public int delivered;

	private @Nullable StreamLink link;

	private boolean busy;

	private boolean writeRequested;

	private boolean inWritable;

	private boolean paused;

	private final TransportKind kind;

	/** Of a client. */
	public FakeTransport(TransportKind kind, ClientLink link) {
		this.kind = kind;
		this.link = link;
	}

	/** Of an accepted stream, whose link comes later. */
	public FakeTransport(TransportKind kind) {
		this.kind = kind;
		this.busy = true;
	}

	public FakeTransport attach(AcceptedLink accepted) {
		this.link = accepted;
		return this;
	}

	public StreamLink link() {
		StreamLink current = this.link;
		if (current == null) {
			throw new AssertionError("no link yet");
		}
		return current;
	}

	public ClientLink clientLink() {
		return (ClientLink) link();
	}

	public AcceptedLink acceptedLink() {
		return (AcceptedLink) link();
	}

	@Override
	public TransportKind kind() {
		return this.kind;
	}

	public boolean isBusy() {
		return this.busy;
	}

	public boolean isPaused() {
		return this.paused;
	}

	public boolean isWriteRequested() {
		return this.writeRequested;
	}

	@Override
	public void connect() {
		check();
		this.calls.add("connect");
		if (this.busy) {
			throw new AssertionError("connect while busy");
		}
		this.busy = true;
		this.writeRequested = false;
		this.paused = false;
		this.onConnect.run();
	}

	@Override
	public void requestWrite() {
		check();
		requireBusy("requestWrite");
		if (!this.writeRequested) {
			this.calls.add("requestWrite");
		}
		this.writeRequested = true;
	}

	@Override
	public @Nullable String rideshare() {
		return this.rideshare;
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		try {
			check();
			requireBusy("write");
			if (!this.inWritable) {
				throw new AssertionError("write outside of writable");
			}
			this.inWritable = false;
			String text = payload.toString(StandardCharsets.UTF_8);
			this.written.add(flags(flags) + ":" + text + "@" + ordinal);
			this.calls.add("write");
		}
		finally {
			payload.release();
		}
		this.onWrite.run();
	}

	@Override
	public void pauseReading() {
		check();
		requireBusy("pauseReading");
		this.paused = true;
		this.calls.add("pause");
	}

	@Override
	public void resumeReading() {
		check();
		requireBusy("resumeReading");
		this.paused = false;
		this.calls.add("resume");
	}

	@Override
	public void delivered() {
		check();
		requireBusy("delivered");
		this.delivered++;
	}

	@Override
	public void undelivered() {
		check();
		requireBusy("undelivered");
		this.calls.add("undelivered");
	}

	@Override
	public boolean isRepeatable() {
		return this.repeatable;
	}

	@Override
	public boolean isInFlight() {
		return this.inFlight;
	}

	@Override
	public void grantCredit(int bytes) {
		check();
		this.calls.add("credit " + bytes);
		this.onCredit.run();
	}

	@Override
	public void acknowledge(int status) {
		check();
		requireBusy("acknowledge");
		this.calls.add("acknowledge " + status);
	}

	@Override
	public void answer(int status) {
		check();
		requireBusy("answer");
		this.calls.add("answer " + status);
	}

	@Override
	public void fail() {
		check();
		requireBusy("fail");
		this.calls.add("fail");
	}

	@Override
	public void confirmValidity() {
		check();
		this.calls.add("validity");
	}

	@Override
	public void drain() {
		check();
		requireBusy("drain");
		this.calls.add("drain");
	}

	@Override
	public void close() {
		check();
		this.calls.add("close");
		this.busy = false;
		this.onClose.run();
	}

	// What happens on the network

	public void connected() {
		if (this.busy) {
			link().connected("192.0.2.1");
		}
	}

	public void receive(String text, int flags) {
		if (!this.busy) {
			return;
		}
		ByteBuf payload = Unpooled.directBuffer(Math.max(1, text.length()));
		try {
			ByteBufUtil.writeUtf8(payload, text);
			link().received(payload, flags);
			// Lent for the call: now the transport uses its buffer for something else
			if (payload.refCnt() == 1) {
				payload.setZero(0, payload.capacity());
			}
		}
		finally {
			payload.release();
		}
	}

	/** A whole message. */
	public void receive(String text) {
		receive(text, PayloadFlags.SOM | PayloadFlags.EOM);
	}

	/** Gives a slot if one was asked for. */
	public boolean writable(int capacity) {
		if (!this.busy || !this.writeRequested) {
			return false;
		}
		this.writeRequested = false;
		offer(capacity);
		return true;
	}

	/** Gives a slot whether asked for or not. */
	public void offer(int capacity) {
		this.inWritable = true;
		link().writable(capacity);
		this.inWritable = false;
	}

	public void accepted(long ordinal) {
		if (this.busy) {
			link().acknowledged(ordinal);
		}
	}

	public void rejected(long ordinal) {
		if (this.busy) {
			link().rejected(ordinal);
		}
	}

	public void complete() {
		if (this.busy) {
			this.busy = false;
			this.writeRequested = false;
			link().completed();
		}
	}

	public void lose(StreamFailure failure) {
		if (this.busy) {
			this.busy = false;
			this.writeRequested = false;
			link().closed(failure);
		}
	}

	public void lose() {
		lose(StreamFailure.unsent(StreamFailure.Phase.CONNECT, "refused", "192.0.2.1:1", null));
	}

	private void requireBusy(String call) {
		if (!this.busy) {
			throw new AssertionError(call + " on an idle transport");
		}
	}

	private void check() {
		StreamLink current = this.link;
		if (current != null && !current.executor().inContext()) {
			throw new AssertionError("not on the executor: " + Thread.currentThread());
		}
	}

	public static String flags(int flags) {
		StringBuilder text = new StringBuilder();
		text.append(((flags & PayloadFlags.SOM) != 0) ? "S" : "");
		text.append(((flags & PayloadFlags.EOM) != 0) ? "E" : "");
		text.append(((flags & PayloadFlags.RELATED_START) != 0) ? "<" : "");
		text.append(((flags & PayloadFlags.RELATED_END) != 0) ? ">" : "");
		text.append(((flags & PayloadFlags.PERF) != 0) ? "P" : "");
		return text.isEmpty() ? "-" : text.toString();
	}

}
