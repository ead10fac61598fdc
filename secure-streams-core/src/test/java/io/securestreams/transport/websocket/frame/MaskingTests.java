package io.securestreams.transport.websocket.frame;

import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MaskingTests {

	private static final int MASK = 0x81c2f3e4;

	private final Random random = new Random(1);

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3, 4, 7, 8, 12, 63, 64, 65, 71, 1024, 4095, 4096, 4097, 8199, 20_003 })
	void eachByteIsMaskedWithItsOwn(int length) {
		byte[] plain = new byte[length];
		this.random.nextBytes(plain);
		byte[] expected = new byte[length];
		for (int i = 0; i < length; i++) {
			expected[i] = (byte) (plain[i] ^ MASK >>> (24 - (i & 3) * 8));
		}
		ByteBuf from = Unpooled.directBuffer().writeZero(5).writeBytes(plain);
		ByteBuf to = Unpooled.directBuffer(length + 3).writeZero(3);
		try {
			Masking.copy(from, 5, length, to, MASK);
			byte[] masked = new byte[length];
			to.skipBytes(3).readBytes(masked);
			assertThat(masked).isEqualTo(expected);
			int rotated = Masking.apply(from, 5, length, MASK);
			from.skipBytes(5).readBytes(masked);
			assertThat(masked).isEqualTo(expected);
			assertThat(rotated).isEqualTo(Integer.rotateLeft(MASK, length % 4 * 8));
		}
		finally {
			from.release();
			to.release();
		}
	}

}
