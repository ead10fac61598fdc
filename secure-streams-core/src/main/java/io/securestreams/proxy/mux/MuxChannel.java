package io.securestreams.proxy.mux;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the channels of a {@link MuxHandler}. On the event loop of the connection it
 * goes over. It does not read before it is told to.
 */
public final class MuxChannel extends AbstractChannel {

	private static final ChannelMetadata METADATA = new ChannelMetadata(false);

	/**
	 * A channel that leaves more than this unread ends: nobody can hold one channel back,
	 * and all must not wait for it.
	 */
	private static final int MOST_UNREAD = 1024 * 1024;

	/**
	 * After so many bytes others of the event loop have their turn: who sends may have
	 * more whenever something has left.
	 */
	private static final int MOST_PER_TURN = 256 * 1024;

	/** What waits is put together in buffers of such a size. */
	private static final int TOGETHER = 4096;

	private static final Logger log = LoggerFactory.getLogger(MuxChannel.class);

	private final MuxHandler mux;

	private final MuxChannels siblings;

	private final int number;

	private final ChannelConfig config = new DefaultChannelConfig(this);

	private final Deque<ByteBuf> inbound = new ArrayDeque<>();

	private int unread;

	private boolean reading;

	private boolean open = true;

	private boolean goesOn;

	MuxChannel(MuxHandler mux, MuxChannels siblings, int number) {
		super(mux.channel());
		this.mux = mux;
		this.siblings = siblings;
		this.number = number;
		this.config.setAutoRead(false);
	}

	/**
	 * Returns the connection it goes over.
	 * @return the connection
	 */
	public Channel connection() {
		return this.mux.channel();
	}

	int number() {
		return this.number;
	}

	/** Something has come. */
	void received(ByteBuf data) {
		if (!this.open) {
			return;
		}
		if (this.reading && this.inbound.isEmpty()) {
			this.reading = false;
			pipeline().fireChannelRead(data.retain());
			pipeline().fireChannelReadComplete();
			return;
		}
		this.unread += data.readableBytes();
		if (this.unread > MOST_UNREAD || !this.siblings.holds(data.readableBytes())) {
			log.warn("{}: channel {} ended: too much is unread", this.mux.channel(), this.number);
			unsafe().close(unsafe().voidPromise());
			return;
		}
		hold(data);
		deliver();
	}

	/** Copies, for what was read with it would stay in memory, too. */
	private void hold(ByteBuf data) {
		int length = data.readableBytes();
		ByteBuf last = this.inbound.peekLast();
		if (last == null || last.maxWritableBytes() < length) {
			int capacity = Math.max(TOGETHER, length);
			last = alloc().buffer(capacity, capacity);
			this.inbound.add(last);
		}
		last.writeBytes(data);
	}

	private void deliver() {
		if (!this.reading || this.inbound.isEmpty()) {
			return;
		}
		this.reading = false;
		ByteBuf next = this.inbound.poll();
		while (next != null) {
			this.unread -= next.readableBytes();
			this.siblings.holds(-next.readableBytes());
			pipeline().fireChannelRead(next);
			// Until somebody has seen enough
			next = (this.open && this.config.isAutoRead()) ? this.inbound.poll() : null;
		}
		pipeline().fireChannelReadComplete();
	}

	/** The other side has ended it, or the connection is gone. */
	void ended() {
		if (this.open) {
			unsafe().close(unsafe().voidPromise());
		}
	}

	/** The connection takes more. */
	void writable() {
		if (this.open) {
			unsafe().flush();
		}
	}

	@Override
	protected void doBeginRead() {
		this.reading = true;
		if (!this.inbound.isEmpty()) {
			eventLoop().execute(this::deliver);
		}
	}

	@Override
	protected void doWrite(ChannelOutboundBuffer out) {
		int left = MOST_PER_TURN;
		Object next = out.current();
		while (next != null && left > 0 && this.mux.isWritable()) {
			while (next != null && left > 0 && this.mux.isWritable()) {
				ByteBuf bytes = (ByteBuf) next;
				left -= bytes.readableBytes();
				this.mux.send(this.number, bytes);
				left += bytes.readableBytes();
				if (!bytes.isReadable()) {
					out.remove();
				}
				next = out.current();
			}
			// May make the connection writable again, which is not told in here
			this.mux.flush();
		}
		if (next != null && left <= 0 && !this.goesOn) {
			this.goesOn = true;
			eventLoop().execute(this::goOn);
		}
	}

	private void goOn() {
		this.goesOn = false;
		writable();
	}

	@Override
	protected void doClose() {
		this.open = false;
		@Nullable ByteBuf next = this.inbound.poll();
		while (next != null) {
			this.siblings.holds(-next.readableBytes());
			next.release();
			next = this.inbound.poll();
		}
		this.unread = 0;
		this.siblings.closed(this);
	}

	@Override
	protected void doBind(SocketAddress address) {
		throw new UnsupportedOperationException("channels are opened by their MuxHandler");
	}

	@Override
	protected void doDisconnect() {
		doClose();
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	@Override
	protected AbstractUnsafe newUnsafe() {
		return new AbstractUnsafe() {
			@Override
			public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
				promise.setFailure(new UnsupportedOperationException("channels are opened by their MuxHandler"));
			}
		};
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		return this.mux.channel().localAddress();
	}

	@Override
	protected @Nullable SocketAddress remoteAddress0() {
		return this.mux.channel().remoteAddress();
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public boolean isActive() {
		return this.open;
	}

	@Override
	public ChannelMetadata metadata() {
		return METADATA;
	}

}
