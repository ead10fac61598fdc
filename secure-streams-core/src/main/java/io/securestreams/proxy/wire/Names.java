package io.securestreams.proxy.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Names and other text on the wire, UTF-8.
 */
final class Names {

	private Names() {
	}

	static int length(String text) {
		return ByteBufUtil.utf8Bytes(text);
	}

	static void require(String what, String name, int max) {
		int length = length(name);
		if (length == 0 || length > max || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("The name of a " + what + " has 1 to " + max + " bytes without NUL");
		}
	}

	static String read(String what, ByteBuf in, int length, int max) throws WireViolation {
		if (length == 0 || length > max) {
			throw new WireViolation("a " + what + " name of " + length + " bytes, 1 to " + max + " are allowed");
		}
		String name = text(what, in, length);
		if (name.indexOf('\0') >= 0) {
			throw new WireViolation("a " + what + " name with NUL");
		}
		return name;
	}

	static String text(String what, ByteBuf in, int length) throws WireViolation {
		byte[] bytes = new byte[length];
		in.readBytes(bytes);
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new WireViolation("a " + what + " that is not UTF-8");
		}
	}

}
