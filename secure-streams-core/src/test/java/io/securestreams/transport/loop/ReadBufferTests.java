package io.securestreams.transport.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.FastThreadLocal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadBufferTests {

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@BeforeEach
	@AfterEach
	void forgetTheBufferOfThisThread() {
		FastThreadLocal.removeAll();
	}

	@Test
	void smallReadsGoToOneBufferAsLongAsNobodyKeepsWhatWasRead() {
		ByteBuf first = take(100);
		first.writeInt(1);
		first.readByte();
		first.release();
		ByteBuf second = take(ReadBuffer.SIZE);
		assertThat(second).isSameAs(first);
		assertThat(second.readerIndex()).isZero();
		assertThat(second.isReadable()).isFalse();
		assertThat(second.writableBytes()).isEqualTo(ReadBuffer.SIZE);
		second.release();
	}

	@Test
	void whatSomebodyKeepsIsNotOverwritten() {
		ByteBuf first = take(100);
		first.writeInt(1);
		ByteBuf slice = first.retainedSlice();
		first.release();
		assertThat(ReadBuffer.isKept()).isTrue();
		ByteBuf second = take(100);
		assertThat(second).isNotSameAs(first);
		second.writeInt(2);
		second.release();
		assertThat(slice.readInt()).isEqualTo(1);
		assertThat(first.refCnt()).isEqualTo(1);
		slice.release();
		assertThat(first.refCnt()).isZero();
	}

	@Test
	void theReaderAloneMayMoveTheIndicesUntilSomebodyKeepsIt() {
		ByteBuf small = take(100);
		ByteBuf large = take(ReadBuffer.SIZE + 1);
		assertThat(BriefReads.isUnshared(small)).isTrue();
		assertThat(BriefReads.isUnshared(large)).isTrue();
		small.retain();
		large.retain();
		assertThat(BriefReads.isUnshared(small)).isFalse();
		assertThat(BriefReads.isUnshared(large)).isFalse();
		small.release(2);
		large.release(2);
	}

	@Test
	void oneThatHasGrownOrIsGoneIsReplaced() {
		ByteBuf first = take(100);
		first.capacity(2 * ReadBuffer.SIZE);
		first.release();
		ByteBuf second = take(100);
		assertThat(first.refCnt()).isZero();
		assertThat(second.capacity()).isEqualTo(ReadBuffer.SIZE);
		second.release(2);
		ByteBuf third = take(100);
		assertThat(third.refCnt()).isEqualTo(2);
		third.release();
	}

	@Test
	void largeReadsGetBuffersOfTheirOwn() {
		ByteBuf large = take(ReadBuffer.SIZE + 1);
		assertThat(large.refCnt()).isEqualTo(1);
		assertThat(large.capacity()).isEqualTo(ReadBuffer.SIZE + 1);
		large.release();
	}

	@Test
	void nothingIsLeftWhenTheThreadEnds() {
		ByteBuf buffer = take(100);
		buffer.release();
		FastThreadLocal.removeAll();
		assertThat(buffer.refCnt()).isZero();
		assertThat(this.allocator.metric().usedDirectMemory()).isZero();
	}

	@Test
	void whoKeepsWhatWasReadGetsBuffersNoLargerThanNeededForAWhile() {
		ExtendedHandle handle = (ExtendedHandle) new BriefReads(System::nanoTime).newHandle();
		for (int i = 0; i < 10; i++) {
			assertThat(read(handle)).isEqualTo(ReadBuffer.SIZE);
		}
		ByteBuf kept = readAndKeep(handle);
		assertThat(read(handle)).isLessThan(ReadBuffer.SIZE / 4);
		kept.release();
		for (int i = 0; i < 20; i++) {
			read(handle);
		}
		assertThat(read(handle)).isEqualTo(ReadBuffer.SIZE);
	}

	/** Some bytes arrive; returns for how many there was room. */
	private int read(ExtendedHandle handle) {
		ByteBuf buffer = arrive(handle);
		int capacity = buffer.capacity();
		buffer.release();
		goOn(handle);
		return capacity;
	}

	private ByteBuf readAndKeep(ExtendedHandle handle) {
		ByteBuf buffer = arrive(handle);
		goOn(handle);
		return buffer;
	}

	private ByteBuf arrive(ExtendedHandle handle) {
		handle.reset(this.channel.config());
		ByteBuf buffer = handle.allocate(this.allocator);
		handle.attemptedBytesRead(buffer.writableBytes());
		handle.lastBytesRead(10);
		handle.incMessagesRead(1);
		return buffer;
	}

	private static void goOn(ExtendedHandle handle) {
		handle.continueReading(() -> false);
		handle.readComplete();
	}

	private ByteBuf take(int size) {
		return ReadBuffer.take(this.allocator, size);
	}

}
