package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT. Texts are encoded already.
 *
 * @param version5 whether MQTT 5 is spoken
 * @param clientId may be empty
 * @param username or {@code null}
 * @param password or {@code null}
 * @param keepAliveSeconds 0 for none
 * @param cleanStart whether the session starts afresh
 * @param will or {@code null}
 * @param properties of MQTT 5, encoded without their length; else empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record ConnectPacket(boolean version5, byte[] clientId, byte @Nullable [] username, byte @Nullable [] password,
		int keepAliveSeconds, boolean cleanStart, @Nullable Will will, byte[] properties) {

	private static final byte[] MAGIC = { 0, 4, 'M', 'Q', 'T', 'T' };

	private static final int MAX_FIXED = 5;

	int size() {
		return MAX_FIXED + body();
	}

	private int body() {
		int size = MAGIC.length + 4 + 2 + this.clientId.length;
		if (this.version5) {
			size += sized(this.properties);
		}
		Will last = this.will;
		if (last != null) {
			size += (this.version5 ? sized(last.properties) : 0) + 4 + last.topic.length + last.payload.length;
		}
		size += (this.username != null) ? 2 + this.username.length : 0;
		size += (this.password != null) ? 2 + this.password.length : 0;
		return size;
	}

	private static int sized(byte[] properties) {
		return VariableInteger.size(properties.length) + properties.length;
	}

	void write(ByteBuf to) {
		to.writeByte(PacketType.CONNECT << 4);
		VariableInteger.write(to, body());
		to.writeBytes(MAGIC).writeByte(this.version5 ? 5 : 4);
		Will last = this.will;
		int flags = this.cleanStart ? 2 : 0;
		if (last != null) {
			flags |= 4 | last.qos << 3 | (last.retain ? 0x20 : 0);
		}
		flags |= (this.password != null) ? 0x40 : 0;
		flags |= (this.username != null) ? 0x80 : 0;
		to.writeByte(flags).writeShort(this.keepAliveSeconds);
		if (this.version5) {
			properties(to, this.properties);
		}
		text(to, this.clientId);
		if (last != null) {
			if (this.version5) {
				properties(to, last.properties);
			}
			text(to, last.topic);
			text(to, last.payload);
		}
		if (this.username != null) {
			text(to, this.username);
		}
		if (this.password != null) {
			text(to, this.password);
		}
	}

	private static void properties(ByteBuf to, byte[] properties) {
		VariableInteger.write(to, properties.length);
		to.writeBytes(properties);
	}

	private static void text(ByteBuf to, byte[] text) {
		to.writeShort(text.length).writeBytes(text);
	}

	/** Without anything of it. */
	@Override
	public String toString() {
		return "ConnectPacket[***]";
	}

	/**
	 * The message that the broker publishes when the connection breaks.
	 *
	 * @param topic where to
	 * @param payload at most 65535 bytes
	 * @param qos 0..2
	 * @param retain whether it is retained
	 * @param properties of MQTT 5, encoded without their length; else empty
	 */
	public record Will(byte[] topic, byte[] payload, int qos, boolean retain, byte[] properties) {

	}

}
