package io.securestreams.endurance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.netty.buffer.ByteBufAllocator;

/**
 * Something that reads what others send.
 *
 * @param name what it is
 * @param seeds valid input
 * @param cuttable whether it takes input in pieces
 * @param parser reads
 */
record FuzzTarget(String name, List<byte[]> seeds, boolean cuttable, Parser parser) {

	static FuzzTarget ofText(String name, TextParser parser, String... seeds) {
		return new FuzzTarget(name, octets(seeds), false, (pieces, allocator, trace) -> parser
			.parse(new String(join(pieces), StandardCharsets.ISO_8859_1), trace));
	}

	static FuzzTarget ofPieces(String name, List<byte[]> seeds, Parser parser) {
		return new FuzzTarget(name, seeds, true, parser);
	}

	static List<byte[]> octets(String... texts) {
		return Arrays.stream(texts).map((text) -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
	}

	static byte[] join(List<byte[]> pieces) {
		java.io.ByteArrayOutputStream joined = new java.io.ByteArrayOutputStream();
		pieces.forEach(joined::writeBytes);
		return joined.toByteArray();
	}

	/** Reads pieces with memory of the allocator; throws what is not documented. */
	interface Parser {

		void parse(List<byte[]> pieces, ByteBufAllocator allocator, Trace trace) throws Exception;

	}

	/** Reads a text, one character for each octet. */
	interface TextParser {

		void parse(String text, Trace trace) throws Exception;

	}

	/**
	 * What was understood, so that cuts make no difference to it: payload counts as a
	 * whole, and only once it has ended.
	 */
	static final class Trace {

		private final StringBuilder done = new StringBuilder();

		private final StringBuilder open = new StringBuilder();

		void event(Object event) {
			this.done.append(event).append('\n');
		}

		void payload(io.netty.buffer.ByteBuf bytes) {
			this.open.append(bytes.toString(StandardCharsets.ISO_8859_1));
		}

		void end() {
			this.done.append("payload ").append(this.open).append('\n');
			this.open.setLength(0);
		}

		@Override
		public String toString() {
			return this.done.toString();
		}

	}

}
