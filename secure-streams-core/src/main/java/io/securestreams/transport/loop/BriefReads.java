package io.securestreams.transport.loop;

import java.util.function.LongSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Keeps a socket's turn of reading short: what is read at once may be a hundred thousand
 * tiny frames, for which the other sockets would have to wait. Reads get smaller while
 * their bytes take long, and larger again. May be shared by channels.
 */
public final class BriefReads implements RecvByteBufAllocator {

	/** The one for all. */
	public static final BriefReads SHARED = new BriefReads(System::nanoTime);

	/** After so long the others have their turn. */
	static final long TURN_NANOS = 1_000_000;

	/** So much of anything takes no time worth a look at the clock; bytes. */
	static final int SMALL = 2 * 1024;

	private static final int LARGEST = 64 * 1024;

	/** Reads of one turn, as Netty has it. */
	private static final int READS = 16;

	/** Reads with buffers of their own that follow one of which something was kept. */
	private static final int OWN_READS = 16;

	private final RecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS);

	private final LongSupplier clock;

	BriefReads(LongSupplier clock) {
		this.clock = clock;
	}

	/**
	 * Whether nobody but its reader has what has been read, so that its indices may be
	 * moved.
	 * @param bytes a buffer, on the event loop that has read it
	 * @return {@code true} if nobody has kept it
	 */
	public static boolean isUnshared(ByteBuf bytes) {
		int owners = bytes.refCnt();
		return owners == 1 || (owners == 2 && ReadBuffer.isThat(bytes));
	}

	@Override
	@SuppressWarnings("deprecation") // there is no other way
	public Handle newHandle() {
		return new BriefHandle(this.sizes.newHandle(), this.clock);
	}

	private static final class BriefHandle extends DelegatingHandle implements ExtendedHandle {

		private final LongSupplier clock;

		/** Most bytes of a read. */
		private int most = LARGEST;

		private long turnStarted;

		private long readStarted;

		private boolean timeIsUp;

		/** There was more than a little to read in this turn. */
		private boolean large;

		/** Reads still to go to buffers of their own, no larger than they have to be. */
		private int own;

		/** What was read last is in the buffer that all small reads go to. */
		private boolean shared;

		/** The clock runs: from the start of a turn after one with large reads. */
		private boolean timed;

		@SuppressWarnings("deprecation")
		BriefHandle(Handle sizes, LongSupplier clock) {
			super(sizes);
			this.clock = clock;
		}

		@Override
		public void reset(ChannelConfig config) {
			this.timed = this.large;
			this.large = false;
			if (this.timed) {
				this.turnStarted = this.clock.getAsLong();
				this.readStarted = this.turnStarted;
			}
			this.timeIsUp = false;
			super.reset(config);
		}

		@Override
		public int guess() {
			return Math.min(super.guess(), this.most);
		}

		@Override
		public ByteBuf allocate(ByteBufAllocator allocator) {
			this.shared = this.own == 0;
			if (!this.shared) {
				this.own--;
				return allocator.ioBuffer(guess());
			}
			return ReadBuffer.take(allocator, guess());
		}

		@Override
		public boolean continueReading() {
			processed();
			return super.continueReading() && !this.timeIsUp;
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
			processed();
			return ((ExtendedHandle) delegate()).continueReading(maybeMoreData) && !this.timeIsUp;
		}

		/** What was read last has been dealt with. */
		private void processed() {
			if (this.shared && ReadBuffer.isKept()) {
				this.own = OWN_READS;
			}
			if (lastBytesRead() < SMALL) {
				return;
			}
			this.large = true;
			long now = this.clock.getAsLong();
			if (!this.timed) {
				this.timed = true;
				this.turnStarted = now;
				this.readStarted = now;
				return;
			}
			long taken = now - this.readStarted;
			this.readStarted = now;
			this.timeIsUp = now - this.turnStarted >= TURN_NANOS;
			if (taken >= TURN_NANOS) {
				this.most = Math.max(SMALL, this.most / 2);
			}
			else if (taken < TURN_NANOS / 4 && lastBytesRead() >= this.most) {
				this.most = Math.min(LARGEST, this.most * 2);
			}
		}

	}

}
