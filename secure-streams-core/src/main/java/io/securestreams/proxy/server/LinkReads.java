package io.securestreams.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

import io.securestreams.transport.loop.BriefReads;

/**
 * How much is read from a client at once: as much as from anybody while it goes on at
 * once, and little while it would have to be kept.
 */
final class LinkReads implements RecvByteBufAllocator {

	/** What a client can make us keep beyond its buffer in any case. */
	private static final int SMALL = 16 * 1024;

	private final ProxyLink link;

	LinkReads(ProxyLink link) {
		this.link = link;
	}

	@Override
	@SuppressWarnings("deprecation") // there is no other way
	public Handle newHandle() {
		return new LinkHandle(BriefReads.SHARED.newHandle(), this.link);
	}

	private static final class LinkHandle extends DelegatingHandle implements ExtendedHandle {

		private final ProxyLink link;

		@SuppressWarnings("deprecation")
		LinkHandle(Handle usual, ProxyLink link) {
			super(usual);
			this.link = link;
		}

		@Override
		public int guess() {
			int usual = super.guess();
			return (usual <= SMALL || this.link.isFlowing()) ? usual : SMALL;
		}

		@Override
		public ByteBuf allocate(ByteBufAllocator allocator) {
			return allocator.ioBuffer(guess());
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
			return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
		}

	}

}
