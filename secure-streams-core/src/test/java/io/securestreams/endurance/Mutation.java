package io.securestreams.endurance;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Breaks valid input, a little at a time, and cuts it into pieces.
 */
final class Mutation {

	/** Text of grammars, which flips of bits would hardly ever make. */
	private static final String[] TOKENS = { "\r\n", "\n", "\r", "\0", ":", " ", "\t", ";", ",", "=", "\"", "\\", "%",
			"%00", "%2e%2e", "/../", "//", "${", "}", "{", "[", "]", "--", "0", "-1", "4294967296",
			"9223372036854775807", "99999999999999999999", "ffffffff", "chunked", "close", "\u00ff", "\u00c0\u00af",
			"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.0", "null", "true", "1e999", "/*" };

	private static final int[] LENGTHS = { 0, 1, 2, 3, 125, 126, 127, 128, 254, 255, 256, 16383, 16384, 16385, 65535,
			65536, 0xffffff, 0x7fffffff, 0x80000000, -1 };

	private final SplittableRandom random;

	Mutation(SplittableRandom random) {
		this.random = random;
	}

	/** Breaks the seed in one to five ways; one time in sixteen it stays as it is. */
	byte[] mutate(byte[] seed, byte[] other) {
		byte[] bytes = seed.clone();
		if (this.random.nextInt(16) == 0) {
			return bytes;
		}
		for (int i = 1 + this.random.nextInt(1 + this.random.nextInt(5)); i > 0; i--) {
			bytes = once(bytes, other);
		}
		return bytes;
	}

	private byte[] once(byte[] bytes, byte[] other) {
		int length = bytes.length;
		if (length == 0) {
			return other.clone();
		}
		int at = this.random.nextInt(length);
		int size = 1 + this.random.nextInt(Math.min(length - at, 1 << this.random.nextInt(8)));
		switch (this.random.nextInt(10)) {
			case 0 -> bytes[at] ^= (byte) (1 << this.random.nextInt(8));
			case 1 -> bytes[at] = (byte) this.random.nextInt(256);
			case 2 -> {
				return Arrays.copyOf(bytes, at);
			}
			case 3 -> {
				return join(bytes, at + size, bytes, at, length);
			}
			case 4 -> {
				return join(bytes, at, bytes, at + size, length);
			}
			case 5 -> {
				int from = this.random.nextInt(other.length + 1);
				return join(bytes, at, other, from, other.length);
			}
			case 6 -> {
				byte[] token = TOKENS[this.random.nextInt(TOKENS.length)]
					.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
				int skipped = this.random.nextBoolean() ? 0 : size;
				return join(join(bytes, at, token, 0, token.length), at + token.length, bytes, at + skipped, length);
			}
			case 7 -> {
				int width = Math.min(length - at, 1 << this.random.nextInt(3));
				int lie = LENGTHS[this.random.nextInt(LENGTHS.length)];
				for (int i = 0; i < width; i++) {
					bytes[at + i] = (byte) (lie >> (8 * (width - 1 - i)));
				}
			}
			case 8 -> {
				int change = this.random.nextInt(-3, 4);
				bytes[at] = (byte) (bytes[at] + change);
			}
			default -> {
				// Two pieces change places
				int to = this.random.nextInt(length - size + 1);
				byte[] piece = Arrays.copyOfRange(bytes, at, at + size);
				byte[] rest = join(bytes, at, bytes, at + size, length);
				return join(join(rest, to, piece, 0, size), to + size, rest, to, rest.length);
			}
		}
		return bytes;
	}

	private static byte[] join(byte[] head, int headEnd, byte[] tail, int tailStart, int tailEnd) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		joined.write(head, 0, headEnd);
		joined.write(tail, tailStart, tailEnd - tailStart);
		return joined.toByteArray();
	}

	/** Cuts it into pieces of any sizes; one time in four into single bytes. */
	List<byte[]> cut(byte[] bytes) {
		int most = (this.random.nextInt(4) == 0) ? 1 : 1 << this.random.nextInt(1, 9);
		List<byte[]> pieces = new ArrayList<>();
		for (int at = 0; at < bytes.length;) {
			int end = Math.min(bytes.length, at + 1 + this.random.nextInt(most));
			pieces.add(Arrays.copyOfRange(bytes, at, end));
			at = end;
		}
		return pieces;
	}

}
