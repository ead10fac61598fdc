package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;

/**
 * Numbers of one to four bytes (MQTT 5 section 1.5.5).
 */
final class VariableInteger {

	/** The largest one. */
	static final int MAX = 268_435_455;

	private VariableInteger() {
	}

	static int size(int value) {
		return (value < 0x80) ? 1 : (value < 0x4000) ? 2 : (value < 0x200000) ? 3 : 4;
	}

	static void write(ByteBuf to, int value) {
		int rest = value;
		while (rest >= 0x80) {
			to.writeByte((rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		to.writeByte(rest);
	}

	static int read(ByteBuf from) throws MqttViolation {
		int value = 0;
		for (int shift = 0; shift < 28; shift += 7) {
			if (!from.isReadable()) {
				break;
			}
			int next = from.readUnsignedByte();
			value |= (next & 0x7f) << shift;
			if (next < 0x80) {
				return value;
			}
		}
		throw MqttViolation.malformed("a variable length that does not end");
	}

}
