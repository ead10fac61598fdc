package io.securestreams.transport.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;

/**
 * Netty's allocator, without its waiting for memory: what cannot be had is refused at
 * once, and a connection that needs it ends. May be used from any thread.
 */
final class RefusingAllocator implements ByteBufAllocator {

	/** For what belongs to no connection. */
	static final RefusingAllocator SHARED = new RefusingAllocator(null);

	private static final ByteBufAllocator NETTY = ByteBufAllocator.DEFAULT;

	private static final boolean PREFERRED = !PlatformDependent.isExplicitNoPreferDirect();

	private static final int INITIAL = 256;

	private final @Nullable Channel channel;

	private volatile boolean refused;

	private RefusingAllocator(@Nullable Channel channel) {
		this.channel = channel;
	}

	/** Makes the allocator of a channel. */
	static RefusingAllocator of(Channel channel) {
		// A datagram that is lost is no reason to close a socket
		return (channel instanceof DuplexChannel) ? new RefusingAllocator(channel) : SHARED;
	}

	private ByteBuf direct(int initial, int max) {
		try {
			return DirectMemory.PROCESS.allocate(NETTY, initial, max);
		}
		catch (OutOfMemoryError ex) {
			refused(ex);
			throw ex;
		}
	}

	/**
	 * Whoever has asked may be in the middle of something, so the connection ends
	 * afterwards; without a word, which would take memory as well.
	 */
	private void refused(OutOfMemoryError error) {
		Channel needy = this.channel;
		if (needy == null || this.refused || !needy.isRegistered()) {
			return;
		}
		this.refused = true;
		needy.eventLoop().execute(() -> {
			needy.pipeline().fireExceptionCaught(error);
			needy.unsafe().close(needy.unsafe().voidPromise());
		});
	}

	@Override
	public ByteBuf directBuffer() {
		return direct(INITIAL, Integer.MAX_VALUE);
	}

	@Override
	public ByteBuf directBuffer(int initialCapacity) {
		return direct(initialCapacity, Integer.MAX_VALUE);
	}

	@Override
	public ByteBuf directBuffer(int initialCapacity, int maxCapacity) {
		return direct(initialCapacity, maxCapacity);
	}

	@Override
	public ByteBuf buffer() {
		return buffer(INITIAL);
	}

	@Override
	public ByteBuf buffer(int initialCapacity) {
		return buffer(initialCapacity, Integer.MAX_VALUE);
	}

	@Override
	public ByteBuf buffer(int initialCapacity, int maxCapacity) {
		return PREFERRED ? direct(initialCapacity, maxCapacity) : NETTY.heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	public ByteBuf ioBuffer() {
		return direct(INITIAL, Integer.MAX_VALUE);
	}

	@Override
	public ByteBuf ioBuffer(int initialCapacity) {
		return direct(initialCapacity, Integer.MAX_VALUE);
	}

	@Override
	public ByteBuf ioBuffer(int initialCapacity, int maxCapacity) {
		return direct(initialCapacity, maxCapacity);
	}

	@Override
	public ByteBuf heapBuffer() {
		return NETTY.heapBuffer();
	}

	@Override
	public ByteBuf heapBuffer(int initialCapacity) {
		return NETTY.heapBuffer(initialCapacity);
	}

	@Override
	public ByteBuf heapBuffer(int initialCapacity, int maxCapacity) {
		return NETTY.heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	public CompositeByteBuf compositeBuffer() {
		return NETTY.compositeBuffer();
	}

	@Override
	public CompositeByteBuf compositeBuffer(int maxNumComponents) {
		return NETTY.compositeBuffer(maxNumComponents);
	}

	@Override
	public CompositeByteBuf compositeHeapBuffer() {
		return NETTY.compositeHeapBuffer();
	}

	@Override
	public CompositeByteBuf compositeHeapBuffer(int maxNumComponents) {
		return NETTY.compositeHeapBuffer(maxNumComponents);
	}

	@Override
	public CompositeByteBuf compositeDirectBuffer() {
		return NETTY.compositeDirectBuffer();
	}

	@Override
	public CompositeByteBuf compositeDirectBuffer(int maxNumComponents) {
		return NETTY.compositeDirectBuffer(maxNumComponents);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return NETTY.isDirectBufferPooled();
	}

	@Override
	public int calculateNewCapacity(int minNewCapacity, int maxCapacity) {
		return NETTY.calculateNewCapacity(minNewCapacity, maxCapacity);
	}

}
