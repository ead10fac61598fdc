package io.securestreams.engine.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.testing.ManualExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class WriteSlotTests {

	private final WriteSlot slot = new WriteSlot(stream().core);

	private static ManagedStream<Fulfilment> stream() {
		return new ManagedStream<>(StreamName.next("slots"), StreamRole.CLIENT, new ManualExecutor(),
				new StreamHandler() {
				}, new ManagedStream.Parts<>(new StreamSettings(List.of(), true), new MetadataStore("slots"),
						(core) -> Fulfilment.NONE, (name) -> {
						}));
	}

	@AfterEach
	void release() {
		this.slot.clear();
	}

	private String take() {
		ByteBuf content = this.slot.take();
		try {
			return content.toString(StandardCharsets.UTF_8);
		}
		finally {
			content.release();
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void writesInEveryForm() {
		this.slot.open(7, 100, "ride");
		ByteBuffer buffer = ByteBuffer.wrap(bytes("buffer "));
		this.slot.write(bytes("bytes ")).write(bytes("[part ]"), 1, 5).write(buffer).write("täxt");
		this.slot.buffer().writeByte('!');
		assertThat(buffer.hasRemaining()).isFalse();
		assertThat(this.slot.ordinal()).isEqualTo(7);
		assertThat(this.slot.capacity()).isEqualTo(100);
		assertThat(this.slot.rideshare()).isEqualTo("ride");
		assertThat(take()).isEqualTo("bytes part buffer täxt!");
	}

	@Test
	void leavesRoomInFrontForFraming() {
		this.slot.open(0, 100, "");
		assertThat(this.slot.buffer().readerIndex()).isEqualTo(16);
		assertThat(this.slot.buffer().isDirect()).isTrue();
	}

	@Test
	void neverTakesMoreThanItsCapacity() {
		this.slot.open(0, 4, "");
		this.slot.write("abc");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.slot.write("de"))
			.withMessage("payload: 5 bytes (expected: at most capacity() = 4)");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.slot.write(bytes("de")));
		assertThatExceptionOfType(IndexOutOfBoundsException.class)
			.isThrownBy(() -> this.slot.write(ByteBuffer.wrap(bytes("de"))));
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.slot.write(bytes("d"), 0, 2));
		assertThatExceptionOfType(IndexOutOfBoundsException.class)
			.isThrownBy(() -> this.slot.buffer().writeBytes(bytes("de")));
		assertThat(take()).isEqualTo("abc");
	}

	@Test
	void takesAllOfALargeCapacity() {
		this.slot.open(0, 100_000, "");
		this.slot.write("x".repeat(50_000)).write("y".repeat(50_000));
		assertThat(take()).hasSize(100_000);
	}

	@Test
	void isUnusedUntilWrittenOrMarked() {
		this.slot.open(0, 10, "");
		assertThat(this.slot.isUsed()).isFalse();
		this.slot.buffer();
		assertThat(this.slot.isUsed()).isFalse();
		this.slot.end();
		assertThat(this.slot.isUsed()).isTrue();
		assertThat(this.slot.isEnd()).isTrue();
		assertThat(take()).isEmpty();
		this.slot.open(0, 10, "");
		assertThat(this.slot.isUsed()).isFalse();
	}

	@Test
	void transferHandsOver() {
		this.slot.open(0, 10, "");
		ByteBuf mine = Unpooled.copiedBuffer("mine", StandardCharsets.UTF_8);
		this.slot.buffer();
		this.slot.transfer(mine);
		assertThatIllegalStateException().isThrownBy(() -> this.slot.write("more"));
		ByteBuf taken = this.slot.take();
		assertThat(taken).isSameAs(mine);
		taken.release();
	}

	@Test
	void transferReleasesInEveryCase() {
		ByteBuf tooLong = Unpooled.copiedBuffer("too long", StandardCharsets.UTF_8);
		ByteBuf tooLate = Unpooled.copiedBuffer("x", StandardCharsets.UTF_8);
		ByteBuf twice = Unpooled.copiedBuffer("x", StandardCharsets.UTF_8);
		ByteBuf closed = Unpooled.copiedBuffer("x", StandardCharsets.UTF_8);
		this.slot.open(0, 4, "");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.slot.transfer(tooLong));
		this.slot.write("a");
		assertThatIllegalStateException().isThrownBy(() -> this.slot.transfer(tooLate));
		this.slot.clear();
		this.slot.open(0, 4, "");
		this.slot.transfer(Unpooled.copiedBuffer("a", StandardCharsets.UTF_8));
		assertThatIllegalStateException().isThrownBy(() -> this.slot.transfer(twice));
		this.slot.clear();
		assertThatIllegalStateException().isThrownBy(() -> this.slot.transfer(closed));
		assertThat(tooLong.refCnt() + tooLate.refCnt() + twice.refCnt() + closed.refCnt()).isZero();
	}

	@Test
	void isValidOnlyInsideTheCallback() {
		this.slot.open(0, 4, "");
		this.slot.clear();
		assertThatIllegalStateException().isThrownBy(() -> this.slot.write("a"));
		assertThatIllegalStateException().isThrownBy(this.slot::end);
		assertThatIllegalStateException().isThrownBy(this.slot::buffer);
	}

}
