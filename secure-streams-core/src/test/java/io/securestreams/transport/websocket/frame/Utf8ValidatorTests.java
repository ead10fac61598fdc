package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Utf8ValidatorTests {

	@Test
	void acceptsEveryCodePointInEverySplit() {
		for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint += (codePoint < 0x11000) ? 1 : 97) {
			if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
				continue;
			}
			byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
			Utf8Validator validator = new Utf8Validator();
			ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
			for (int i = 0; i < bytes.length; i++) {
				assertThat(validator.isComplete()).isEqualTo(i == 0);
				assertThat(validator.accept(buffer, i, 1)).isTrue();
			}
			assertThat(validator.isComplete()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void agreesWithTheDecoderOfTheJdk(long seed) {
		Random random = new Random(seed);
		int valid = 0;
		for (int round = 0; round < 20_000; round++) {
			byte[] bytes = bytes(random);
			boolean expected = isValid(bytes);
			valid += expected ? 1 : 0;
			assertThat(accepts(bytes, bytes.length)).as(() -> java.util.Arrays.toString(bytes)).isEqualTo(expected);
			assertThat(accepts(bytes, 1 + random.nextInt(bytes.length))).isEqualTo(expected);
		}
		assertThat(valid).isBetween(1000, 19_000);
	}

	@Test
	void checksLongPiecesAsWell() {
		byte[] text = "κόσμε and some ASCII \uD83D\uDE00 ".repeat(200).getBytes(StandardCharsets.UTF_8);
		assertThat(accepts(text, text.length)).isTrue();
		assertThat(accepts(text, 1001)).isTrue();
		for (int at = 0; at < text.length; at += 7) {
			byte[] broken = text.clone();
			broken[at] = (byte) 0xFF;
			assertThat(accepts(broken, broken.length)).isFalse();
			assertThat(accepts(broken, 1001)).isFalse();
		}
	}

	@Test
	void rejectsAtTheFirstByteThatCannotGoOn() {
		byte[][] prefixes = { { (byte) 0xC0 }, { (byte) 0xC1 }, { (byte) 0xF5 }, { (byte) 0xFF }, { (byte) 0x80 },
				{ (byte) 0xE0, (byte) 0x9F }, { (byte) 0xED, (byte) 0xA0 }, { (byte) 0xF0, (byte) 0x8F },
				{ (byte) 0xF4, (byte) 0x90 }, { (byte) 0xE2, 'a' } };
		for (byte[] prefix : prefixes) {
			assertThat(new Utf8Validator().accept(Unpooled.wrappedBuffer(prefix), 0, prefix.length)).isFalse();
		}
	}

	private static byte[] bytes(Random random) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(12); i >= 0; i--) {
			text.appendCodePoint(switch (random.nextInt(4)) {
				case 0 -> 'a' + random.nextInt(26);
				case 1 -> 0x80 + random.nextInt(0x700);
				case 2 -> 0x800 + random.nextInt(0xF800);
				default -> 0x10000 + random.nextInt(0x100000);
			});
		}
		byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
		if (random.nextBoolean()) {
			bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
		}
		return bytes;
	}

	private static boolean accepts(byte[] bytes, int piece) {
		Utf8Validator validator = new Utf8Validator();
		ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
		for (int at = 0; at < bytes.length; at += piece) {
			if (!validator.accept(buffer, at, Math.min(piece, bytes.length - at))) {
				return false;
			}
		}
		return validator.isComplete();
	}

	private static boolean isValid(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
