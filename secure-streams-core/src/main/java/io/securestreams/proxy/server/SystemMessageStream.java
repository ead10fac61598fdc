package io.securestreams.proxy.server;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.StreamState;

/**
 * The streamtype {@value StreamType#SMD}, which no policy has: system messages for and
 * from one client. On the link's event loop.
 */
final class SystemMessageStream implements LinkedStream {

	/** Most messages on their way from other event loops. */
	private static final int MOST_PENDING = 1024;

	private final ProxyLink link;

	private final SystemMessages messages;

	/** Classes that the client wants. */
	private final int mask;

	private final ByteBuf message = Unpooled.buffer(64, StreamType.MAX_SMD_LENGTH);

	/** From any thread. */
	private final AtomicInteger pending = new AtomicInteger();

	SystemMessageStream(ProxyLink link, SystemMessages messages, StreamType wanted) {
		this.link = link;
		this.messages = messages;
		this.mask = wanted.credit();
	}

	boolean wants(long messageClass) {
		return (Integer.toUnsignedLong(this.mask) & messageClass) != 0;
	}

	/**
	 * From any thread: passes a message on. A client that does not keep up misses what it
	 * has no room for.
	 */
	void publish(byte[] bytes) {
		if (this.pending.incrementAndGet() > MOST_PENDING) {
			this.pending.decrementAndGet();
			return;
		}
		this.link.loop().execute(() -> deliver(bytes));
	}

	private void deliver(byte[] bytes) {
		this.pending.decrementAndGet();
		if (this.link.isOpen() && this.link.isWritable()) {
			this.link.out().payload(PayloadFlag.SOM | PayloadFlag.EOM, null, Unpooled.wrappedBuffer(bytes));
		}
	}

	@Override
	public String id() {
		return StreamType.SMD;
	}

	@Override
	public CreateResult created(StreamType wanted) {
		return new CreateResult(wanted.version(), 0, 0, "");
	}

	@Override
	public void start() {
		this.messages.join(this);
		this.link.send(new ConnState(StreamState.CREATING.code(), 0));
		this.link.send(new ConnState(StreamState.CONNECTING.code(), 0));
		this.link.send(new ConnState(StreamState.CONNECTED.code(), 0));
	}

	@Override
	public void onFrame(ClientFrame frame) throws WireViolation {
		if (!(frame instanceof TxPayload payload)) {
			return;
		}
		if (payload.isFirst()) {
			int length = payload.head().length();
			if (length < StreamType.MIN_SMD_LENGTH || length > StreamType.MAX_SMD_LENGTH) {
				throw new WireViolation("a system message of " + length + " bytes");
			}
			this.message.clear();
		}
		boolean last = payload.isLast();
		this.message.writeBytes(payload.content());
		if (last) {
			this.message.setLong(Long.BYTES, System.nanoTime() / 1000);
			byte[] bytes = new byte[this.message.readableBytes()];
			this.message.getBytes(0, bytes);
			this.messages.publish(this.message.getLong(0), bytes);
		}
	}

	/** There is nothing to wait for. */
	@Override
	public void onTimeout(TimeoutUpdate timeout) {
	}

	@Override
	public void onWritability(boolean writable) {
	}

	@Override
	public boolean isFlowing() {
		return false;
	}

	@Override
	public void onLinkEnd() {
		this.messages.leave(this);
	}

	@Override
	public void drain() {
		this.link.finish();
	}

	@Override
	public long queued() {
		return 0;
	}

	@Override
	public boolean isPaused() {
		return false;
	}

}
