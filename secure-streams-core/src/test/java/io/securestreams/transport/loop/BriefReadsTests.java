package io.securestreams.transport.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BriefReadsTests {

	private long nanos;

	private final ExtendedHandle handle = (ExtendedHandle) new BriefReads(() -> this.nanos).newHandle();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@Test
	void readsOnWhileItIsQuick() {
		assertThat(turn(0)).isEqualTo(16);
	}

	@Test
	void aTurnOfReadingEndsInTime() {
		turns(4, 0);
		assertThat(turn(BriefReads.TURN_NANOS / 2)).isEqualTo(2);
	}

	@Test
	void readsGetSmallerWhileTheirBytesTakeLongAndLargerAgain() {
		turns(8, 0);
		int large = size();
		turns(20, 3 * BriefReads.TURN_NANOS);
		assertThat(size()).isEqualTo(BriefReads.SMALL);
		turns(20, 0);
		assertThat(size()).isEqualTo(large).isGreaterThan(16 * 1024);
	}

	private void turns(int count, long nanosPerRead) {
		for (int i = 0; i < count; i++) {
			turn(nanosPerRead);
		}
	}

	/** There is always more to read than fits. */
	private int turn(long nanosPerRead) {
		this.handle.reset(this.channel.config());
		int reads = 0;
		do {
			int size = size();
			this.handle.attemptedBytesRead(size);
			this.handle.lastBytesRead(size);
			this.handle.incMessagesRead(1);
			reads++;
			this.nanos += nanosPerRead;
		}
		while (this.handle.continueReading(() -> true));
		this.handle.readComplete();
		return reads;
	}

	private int size() {
		ByteBuf buffer = this.handle.allocate(UnpooledByteBufAllocator.DEFAULT);
		try {
			return buffer.capacity();
		}
		finally {
			buffer.release();
		}
	}

}
