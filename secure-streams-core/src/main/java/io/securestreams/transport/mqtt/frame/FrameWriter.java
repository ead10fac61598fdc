package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.loop.WriteBatch;

/**
 * Writes packets. What is small is collected until the turn ends; longer payload is
 * passed on as it is. Nothing else may come into the middle of a packet whose payload
 * follows little by little, so it waits for the end of that. On the connection's
 * executor.
 */
public abstract class FrameWriter extends WriteBatch {

	/** From here on payload is passed on instead of copied. */
	public static final int PASS_ON = 2 * 1024;

	private static final int MAX_FIXED = 5;

	private static final int ALIAS_SIZE = 3;

	private static final byte[] NO_TOPIC = {};

	private static final int LATER_CAPACITY = 256;

	private final boolean version5;

	/** Bytes of payload that have still to come of a packet that has been started. */
	private int unfinished;

	/** Packets that wait for the end of that one. */
	private @Nullable ByteBuf later;

	private TopicAliases aliases = new TopicAliases(0);

	/**
	 * Makes a writer.
	 * @param version5 whether MQTT 5 is spoken
	 */
	protected FrameWriter(boolean version5) {
		this.version5 = version5;
	}

	private ByteBuf packet(int size) {
		if (this.unfinished == 0) {
			return room(size);
		}
		if (this.later == null) {
			this.later = alloc().ioBuffer(Math.max(size, LATER_CAPACITY));
		}
		return this.later.ensureWritable(size);
	}

	/**
	 * Returns whether the payload of a packet has still to come.
	 * @return {@code true} if nothing else can be sent until then
	 */
	public boolean isUnfinished() {
		return this.unfinished > 0;
	}

	/**
	 * Returns how much waits for the end of a packet.
	 * @return bytes
	 */
	public int waiting() {
		return (this.later != null) ? this.later.readableBytes() : 0;
	}

	/**
	 * Allows numbers in place of topics.
	 * @param maximum how many the broker takes
	 */
	public void topicAliases(int maximum) {
		this.aliases = new TopicAliases(maximum);
	}

	/**
	 * Writes CONNECT.
	 * @param packet what it says
	 */
	public void connect(ConnectPacket packet) {
		packet.write(room(packet.size()));
	}

	/**
	 * Tells how long a PUBLISH packet gets.
	 * @param topic encoded
	 * @param qos 0..2
	 * @param properties of MQTT 5, encoded
	 * @param payloadLength bytes of payload
	 * @return bytes; more than 268435460 cannot be sent
	 */
	public long publishSize(byte[] topic, int qos, byte[] properties, long payloadLength) {
		long body = 2L + topic.length + ((qos > 0) ? 2 : 0) + payloadLength
				+ (this.version5 ? sized(properties) + ALIAS_SIZE + 1 : 0);
		return (body > VariableInteger.MAX) ? Long.MAX_VALUE : 1 + VariableInteger.size((int) body) + body;
	}

	/**
	 * Writes a PUBLISH packet with all of its payload.
	 * @param topic encoded
	 * @param flags DUP, QoS and RETAIN as the packet has them
	 * @param packetId 0 of QoS 0
	 * @param properties of MQTT 5, encoded
	 * @param payload owned from now on
	 */
	public void publish(byte[] topic, int flags, int packetId, byte[] properties, ByteBuf payload) {
		int length = payload.readableBytes();
		if (length < PASS_ON || this.unfinished > 0) {
			try {
				head(topic, flags, packetId, properties, length, length).writeBytes(payload, payload.readerIndex(),
						length);
			}
			finally {
				payload.release();
			}
		}
		else {
			head(topic, flags, packetId, properties, length, 0);
			pass(payload);
		}
	}

	/**
	 * Writes a PUBLISH packet up to its payload.
	 * @param topic encoded
	 * @param flags DUP, QoS and RETAIN as the packet has them
	 * @param packetId 0 of QoS 0
	 * @param properties of MQTT 5, encoded
	 * @param payloadLength bytes that follow with {@link #payload}
	 */
	public void publishHead(byte[] topic, int flags, int packetId, byte[] properties, int payloadLength) {
		head(topic, flags, packetId, properties, payloadLength, 0);
		this.unfinished = payloadLength;
	}

	private ByteBuf head(byte[] full, int flags, int packetId, byte[] properties, int payloadLength, int more) {
		int alias = this.aliases.find(full);
		byte[] topic = (alias > 0) ? NO_TOPIC : full;
		int propertiesLength = properties.length + ((alias != 0) ? ALIAS_SIZE : 0);
		int body = 2 + topic.length + ((packetId != 0) ? 2 : 0) + payloadLength
				+ (this.version5 ? VariableInteger.size(propertiesLength) + propertiesLength : 0);
		ByteBuf to = packet(MAX_FIXED + body - payloadLength + more);
		to.writeByte(PacketType.PUBLISH << 4 | flags);
		VariableInteger.write(to, body);
		to.writeShort(topic.length).writeBytes(topic);
		if (packetId != 0) {
			to.writeShort(packetId);
		}
		if (this.version5) {
			VariableInteger.write(to, propertiesLength);
			to.writeBytes(properties);
			if (alias != 0) {
				to.writeByte(MqttProperties.TOPIC_ALIAS).writeShort(Math.abs(alias));
			}
		}
		return to;
	}

	private static int sized(byte[] properties) {
		return VariableInteger.size(properties.length) + properties.length;
	}

	/**
	 * Writes payload of a packet that has been started.
	 * @param bytes owned from now on
	 */
	public void payload(ByteBuf bytes) {
		int length = bytes.readableBytes();
		this.unfinished -= length;
		if (length >= PASS_ON) {
			pass(bytes);
		}
		else {
			try {
				room(length).writeBytes(bytes, bytes.readerIndex(), length);
			}
			finally {
				bytes.release();
			}
		}
		ByteBuf waited = this.later;
		if (this.unfinished == 0 && waited != null) {
			this.later = null;
			pass(waited);
		}
	}

	/**
	 * Writes PUBACK, PUBREC, PUBREL or PUBCOMP.
	 * @param type see {@link PacketType}
	 * @param packetId number of the packet it is about
	 * @param reason reason code of MQTT 5
	 */
	public void acknowledge(int type, int packetId, int reason) {
		boolean told = this.version5 && reason != 0;
		ByteBuf to = packet(5).writeByte(type << 4 | ((type == PacketType.PUBREL) ? 2 : 0))
			.writeByte(told ? 3 : 2)
			.writeShort(packetId);
		if (told) {
			to.writeByte(reason);
		}
	}

	/**
	 * Writes SUBSCRIBE for one filter.
	 * @param packetId its number
	 * @param filter encoded
	 * @param options QoS, in MQTT 5 with the other options
	 * @param identifier number of the subscription in MQTT 5, 0 for none
	 */
	public void subscribe(int packetId, byte[] filter, int options, int identifier) {
		filter(PacketType.SUBSCRIBE, packetId, identifier, filter, 1).writeByte(options);
	}

	/**
	 * Writes UNSUBSCRIBE for one filter.
	 * @param packetId its number
	 * @param filter encoded
	 */
	public void unsubscribe(int packetId, byte[] filter) {
		filter(PacketType.UNSUBSCRIBE, packetId, 0, filter, 0);
	}

	private ByteBuf filter(int type, int packetId, int identifier, byte[] filter, int more) {
		int properties = (identifier != 0) ? 1 + VariableInteger.size(identifier) : 0;
		int body = 2 + (this.version5 ? 1 + properties : 0) + 2 + filter.length + more;
		ByteBuf to = packet(MAX_FIXED + body);
		to.writeByte(type << 4 | 2);
		VariableInteger.write(to, body);
		to.writeShort(packetId);
		if (this.version5) {
			to.writeByte(properties);
			if (identifier != 0) {
				to.writeByte(MqttProperties.SUBSCRIPTION_IDENTIFIER);
				VariableInteger.write(to, identifier);
			}
		}
		return to.writeShort(filter.length).writeBytes(filter);
	}

	/** Writes PINGREQ. */
	public void ping() {
		packet(2).writeByte(PacketType.PINGREQ << 4).writeByte(0);
	}

	/**
	 * Writes DISCONNECT, unless it would be in the middle of a packet.
	 * @param reason reason code of MQTT 5
	 */
	public void disconnect(int reason) {
		if (this.unfinished > 0) {
			return;
		}
		boolean told = this.version5 && reason != 0;
		ByteBuf to = room(3).writeByte(PacketType.DISCONNECT << 4).writeByte(told ? 1 : 0);
		if (told) {
			to.writeByte(reason);
		}
	}

	/**
	 * Ends the turn: writes what has been collected.
	 * @return whether there is something to flush
	 */
	public boolean endTurn() {
		return finish();
	}

	@Override
	public void release() {
		super.release();
		if (this.later != null) {
			this.later.release();
			this.later = null;
		}
	}

}
