package io.securestreams.engine.seams;

import java.util.HashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.engine.stream.Fulfilment;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamFactory;
import org.jspecify.annotations.Nullable;

/**
 * Fulfilment by a stream of somebody else, as a proxy does it, but for the wire between.
 */
final class LinkedFulfilment implements Fulfilment, StreamTransport, StreamHandler {

	private final StreamCore core;

	private final String streamType;

	private final StreamFactory factory;

	private final Map<Long, Long> ordinals = new HashMap<>();

	private volatile @Nullable SecureStream far;

	private @Nullable TxSlot slot;

	private boolean up;

	private boolean connected;

	private boolean draining;

	private boolean ended;

	LinkedFulfilment(StreamCore core, String streamType, StreamFactory factory) {
		this.core = core;
		this.streamType = streamType;
		this.factory = factory;
	}

	@Override
	public @Nullable StreamPolicy policy() {
		return null;
	}

	@Override
	public String protocol() {
		return "link";
	}

	@Override
	public @Nullable String peer() {
		SecureStream stream = this.far;
		return (stream != null) ? stream.snapshot().peer() : null;
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		SecureStream stream = this.far;
		return (stream != null) ? stream.lastFailure() : null;
	}

	@Override
	public int retryCount() {
		SecureStream stream = this.far;
		return (stream != null) ? stream.snapshot().retryCount() : 0;
	}

	@Override
	public @Nullable StreamTransport transport() {
		return this.up ? this : null;
	}

	@Override
	public boolean isConnected() {
		return this.connected;
	}

	@Override
	public void created() {
		this.far = this.factory.create(this.streamType, this);
	}

	private SecureStream far() {
		SecureStream stream = this.far;
		if (stream == null) {
			throw new AssertionError("not created");
		}
		return stream;
	}

	@Override
	public void connect() {
		far().connect();
	}

	@Override
	public void connectToSend() {
		far().requestTx();
	}

	@Override
	public void disconnect() {
		this.core.tx().forget();
		far().disconnect();
	}

	@Override
	public void drop() {
		Throwable fault = this.core.announcer().fault();
		far().fail((fault != null) ? fault : new IllegalStateException("unknown"));
	}

	@Override
	public void drain() {
		this.draining = true;
		progressed();
	}

	@Override
	public void progressed() {
		if (this.draining && !(this.connected && this.core.tx().isSending())) {
			this.core.destroy();
		}
	}

	@Override
	public void end() {
		this.ended = true;
		this.up = false;
		this.connected = false;
		SecureStream stream = this.far;
		if (stream != null) {
			stream.close();
		}
	}

	// As the transport of the near stream

	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

	@Override
	public void requestWrite() {
		far().requestTx();
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		TxSlot current = this.slot;
		if (current == null) {
			throw new AssertionError("write outside of writable");
		}
		this.ordinals.put(current.ordinal(), ordinal);
		current.transfer(payload);
		if ((flags & PayloadFlags.EOM) != 0) {
			current.end();
		}
	}

	@Override
	public void pauseReading() {
		far().pauseReceiving();
	}

	@Override
	public void resumeReading() {
		far().resumeReceiving();
	}

	@Override
	public void close() {
		far().disconnect();
	}

	// As the handler of the far stream

	@Override
	public void onWritable(SecureStream stream, TxSlot offered) {
		if (this.ended) {
			return;
		}
		this.slot = offered;
		this.core.context().enter();
		try {
			this.core.writable(offered.capacity());
		}
		finally {
			this.slot = null;
			this.core.context().exit();
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.core.received(payload.content(),
				(payload.isStart() ? PayloadFlags.SOM : 0) | (payload.isEnd() ? PayloadFlags.EOM : 0));
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (!this.ended && state != StreamState.CREATING) {
			this.core.report(() -> mirror(state, ordinal));
		}
	}

	private void mirror(StreamState state, long ordinal) {
		switch (state) {
			case CONNECTING -> {
				this.up = true;
				this.core.tx().begin(kind());
				this.core.rx().begin();
				this.core.announce(state);
				this.core.arm();
			}
			case CONNECTED -> {
				this.connected = true;
				this.core.announce(state);
				this.core.applyPause();
				this.core.arm();
			}
			case DISCONNECTED, UNREACHABLE -> lost();
			case ALL_RETRIES_FAILED -> {
				var messages = this.core.tx().sends().giveUp();
				this.core.announce(state);
				messages.forEach((message) -> message
					.completeExceptionally(new SendFailedException("all retries have failed", lastFailure())));
			}
			case QOS_ACK_REMOTE, QOS_NACK_REMOTE -> {
				this.core.tx().answered();
				Long ours = this.ordinals.remove(ordinal);
				this.core.announcer().announce(state, (ours != null) ? ours : 0);
			}
			case DESTROYING -> this.core.destroy();
			default -> this.core.announce(state);
		}
	}

	private void lost() {
		boolean was = this.connected;
		this.up = false;
		this.connected = false;
		this.ordinals.clear();
		this.core.rx().clear();
		this.core.tx().connectionLost();
		this.core.announce(was ? StreamState.DISCONNECTED : StreamState.UNREACHABLE);
		progressed();
	}

}
