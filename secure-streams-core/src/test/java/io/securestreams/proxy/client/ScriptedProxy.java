package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.StreamSettings;
import io.securestreams.proxy.client.link.LinkConnection;
import io.securestreams.proxy.client.link.LinkConnector;
import io.securestreams.proxy.client.link.LinkEvents;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ClientFrameDecoder;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.RxPayload;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.connect.ConnectAttempt;

/**
 * A proxy in memory that does what the test says, and writes down what it gets.
 */
final class ScriptedProxy implements LinkConnector {

	final ManualExecutor executor = new ManualExecutor();

	final ProxiedStreams streams = new ProxiedStreams(this, this.executor, () -> 0,
			new StreamSettings(List.of(), true));

	/** What clients have sent since the last {@link #take}, in words. */
	private final List<String> frames = new ArrayList<>();

	/** What comes before the streamtype is for proxies of ours. */
	private boolean greeted;

	private final Deque<Attempt> attempts = new ArrayDeque<>();

	private final int addresses;

	@Nullable Connection current;

	ScriptedProxy() {
		this(1);
	}

	ScriptedProxy(int addresses) {
		this.addresses = addresses;
	}

	@Override
	public int addresses() {
		return this.addresses;
	}

	@Override
	public String name(int address) {
		return "proxy" + address;
	}

	@Override
	public ConnectAttempt connect(StreamExecutor loop, int address, LinkEvents events) {
		Attempt attempt = new Attempt(address, events);
		this.attempts.add(attempt);
		return () -> this.attempts.remove(attempt);
	}

	/** Which address is being tried, -1 if none. */
	int trying() {
		Attempt next = this.attempts.peek();
		return (next != null) ? next.address : -1;
	}

	/** Lets the attempt fail that is under way. */
	void refuseConnection() {
		Attempt attempt = this.attempts.remove();
		this.executor.inside(() -> attempt.events
			.failed(StreamFailure.unsent(Phase.CONNECT, "refused", name(attempt.address), null)));
	}

	/** Lets the attempt succeed that is under way. */
	void accept() {
		Attempt attempt = this.attempts.remove();
		Connection connection = new Connection(attempt.events);
		this.current = connection;
		this.greeted = false;
		this.executor.inside(() -> attempt.events.opened(connection, name(attempt.address)));
	}

	/** Accepts, and says that the stream is there. */
	void create(String names) {
		accept();
		send(created(names), state(StreamState.CREATING));
	}

	/** As a proxy of ours, which says what it speaks. */
	void create(String names, String kind) {
		accept();
		send(metadata(MetadataItem.SPOKEN, kind), created(names), state(StreamState.CREATING));
	}

	static ConnState bodyWanted() {
		return new ConnState(StreamState.CONNECTED.code(), ConnState.BODY_WANTED);
	}

	static CreateResult created(String names) {
		return new CreateResult(1, 0, 0, names);
	}

	static ConnState state(StreamState state) {
		return new ConnState(state.code(), 0);
	}

	static RxPayload payload(int flags, String text) {
		ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
		return new RxPayload(PayloadHead.of(flags, 0, content.readableBytes()), content);
	}

	static MetadataItem metadata(String name, String value) {
		return new MetadataItem(name, value.getBytes(StandardCharsets.UTF_8));
	}

	Connection current() {
		Connection connection = this.current;
		if (connection == null) {
			throw new AssertionError("no link");
		}
		return connection;
	}

	/** Sends frames to the client in one write. */
	void send(ProxyFrame... sent) {
		ByteBuf bytes = Unpooled.buffer();
		for (ProxyFrame frame : sent) {
			FrameEncoder.write(frame, bytes);
		}
		sendBytes(bytes);
	}

	void send(StreamState... states) {
		ByteBuf bytes = Unpooled.buffer();
		for (StreamState state : states) {
			FrameEncoder.write(state(state), bytes);
		}
		sendBytes(bytes);
	}

	void sendBytes(ByteBuf bytes) {
		Connection connection = current();
		this.executor.inside(() -> {
			if (!connection.closed) {
				connection.events.received(bytes);
			}
			if (!connection.closed) {
				connection.events.readComplete();
			}
		});
		bytes.release();
	}

	/** Ends the link. */
	void die() {
		Connection connection = current();
		this.current = null;
		connection.finish();
		this.executor
			.inside(() -> connection.events.closed(StreamFailure.sent(Phase.CONNECTION, "gone", "proxy", null)));
	}

	List<String> take() {
		this.executor.run();
		List<String> taken = List.copyOf(this.frames);
		this.frames.clear();
		return taken;
	}

	private void note(ClientFrame frame) {
		if (frame instanceof StreamType type) {
			this.greeted = true;
			this.frames.add("STREAMTYPE " + type.name()
					+ ((type.credit() != StreamType.DEFAULT_CREDIT) ? " credit " + type.credit() : ""));
		}
		else if (frame instanceof OnwardConnect) {
			this.frames.add("CONNECT");
		}
		else if (frame instanceof LengthHint hint) {
			this.frames.add("HINT " + hint.bytes());
		}
		else if (frame instanceof MetadataItem item) {
			this.frames.add("METADATA " + item.name() + "=" + new String(item.value(), StandardCharsets.UTF_8));
		}
		else if (frame instanceof TimeoutUpdate timeout && this.greeted) {
			this.frames.add("TIMEOUT " + timeout.millis());
		}
		else if (frame instanceof TxCredit credit) {
			this.frames.add((credit.bytes() < 0) ? "BODY " + -credit.bytes() : "CREDIT " + credit.bytes());
		}
		else if (frame instanceof TxPayload payload) {
			this.frames.add("TX[" + payload.flags() + "] " + payload.content().toString(StandardCharsets.UTF_8));
		}
	}

	private record Attempt(int address, LinkEvents events) {
	}

	/** The link as the client has it. */
	final class Connection implements LinkConnection {

		private final LinkEvents events;

		private final ClientFrameDecoder decoder = new ClientFrameDecoder(65535);

		private final ByteBuf written = Unpooled.buffer();

		boolean closed;

		boolean reading = true;

		boolean writable = true;

		Connection(LinkEvents events) {
			this.events = events;
		}

		@Override
		public ByteBuf room(int size) {
			return this.written.ensureWritable(size);
		}

		@Override
		public void pass(ByteBuf bytes) {
			this.written.writeBytes(bytes);
			bytes.release();
		}

		@Override
		public void flush() {
			try {
				this.decoder.read(this.written, ScriptedProxy.this::note);
			}
			catch (WireViolation ex) {
				throw new AssertionError(ex);
			}
			this.written.clear();
		}

		@Override
		public boolean isWritable() {
			flush();
			return this.writable;
		}

		void writableAgain() {
			this.writable = true;
			ScriptedProxy.this.executor.inside(this.events::writable);
		}

		@Override
		public void read(boolean on) {
			this.reading = on;
		}

		@Override
		public void close() {
			flush();
			finish();
		}

		private void finish() {
			this.closed = true;
			this.written.release();
		}

	}

}
