package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;

/**
 * Reads the bodies of packets that have no payload of an application. On the connection's
 * executor.
 */
final class ControlPacketReader {

	private final boolean version5;

	private final FrameSink sink;

	ControlPacketReader(boolean version5, FrameSink sink) {
		this.version5 = version5;
		this.sink = sink;
	}

	/**
	 * Reads what follows the fixed header.
	 * @param type one of {@link PacketType}, but PUBLISH
	 * @param in the whole body, borrowed
	 * @throws MqttViolation if the connection has to end
	 */
	void read(int type, ByteBuf in) throws MqttViolation {
		switch (type) {
			case PacketType.CONNACK -> {
				need(in, 2);
				int acknowledge = in.readUnsignedByte();
				if (acknowledge > 1) {
					throw MqttViolation.malformed("CONNACK with flags " + acknowledge);
				}
				this.sink.connected(acknowledge == 1, in.readUnsignedByte(), properties(in));
			}
			case PacketType.SUBACK -> {
				int id = id(in);
				properties(in);
				if (!in.isReadable()) {
					throw MqttViolation.malformed("SUBACK without a code");
				}
				this.sink.subscribed(id, in);
			}
			case PacketType.UNSUBACK -> this.sink.unsubscribed(id(in));
			case PacketType.PINGRESP -> {
				requireEnd(in);
				this.sink.pong();
			}
			case PacketType.DISCONNECT -> {
				int reason = in.isReadable() ? in.readUnsignedByte() : 0;
				this.sink.disconnected(reason, in.isReadable() ? properties(in) : MqttProperties.NONE);
			}
			default -> acknowledgement(type, in);
		}
	}

	private void acknowledgement(int type, ByteBuf in) throws MqttViolation {
		int id = id(in);
		int reason = 0;
		if (this.version5 && in.isReadable()) {
			reason = in.readUnsignedByte();
			if (in.isReadable()) {
				properties(in);
			}
		}
		requireEnd(in);
		this.sink.acknowledged(type, id, reason);
	}

	private MqttProperties properties(ByteBuf in) throws MqttViolation {
		if (!this.version5) {
			return MqttProperties.NONE;
		}
		int size = VariableInteger.read(in);
		if (size == 0) {
			return MqttProperties.NONE;
		}
		need(in, size);
		return MqttProperties.decode(in.readSlice(size));
	}

	private static int id(ByteBuf in) throws MqttViolation {
		need(in, 2);
		int id = in.readUnsignedShort();
		requireId(id);
		return id;
	}

	static void requireId(int id) throws MqttViolation {
		if (id == 0) {
			throw MqttViolation.malformed("packet identifier 0");
		}
	}

	private static void need(ByteBuf in, int bytes) throws MqttViolation {
		if (in.readableBytes() < bytes) {
			throw MqttViolation.malformed("a packet that ends too early");
		}
	}

	private static void requireEnd(ByteBuf in) throws MqttViolation {
		if (in.isReadable()) {
			throw MqttViolation.malformed("a packet that is too long");
		}
	}

}
