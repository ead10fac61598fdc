package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What comes before the payload of a PUBLISH packet. One instance for all packets of a
 * connection: valid only while the sink is told of it.
 */
public final class PublishHead {

	private int flags;

	private ByteBuf source = Unpooled.EMPTY_BUFFER;

	private int topicIndex;

	private int topicLength;

	private int packetId;

	private long payloadLength;

	private MqttProperties properties = MqttProperties.NONE;

	PublishHead() {
	}

	/**
	 * Length of all that comes before the payload, as far as that is known: more than
	 * there is if it is not.
	 * @param from a packet's bytes after the fixed header
	 * @param have how many of them there are
	 * @param flags of the fixed header
	 * @param version5 whether there are properties
	 */
	static int length(ByteBuf from, int have, int flags, boolean version5) throws MqttViolation {
		int index = from.readerIndex();
		int wanted = 2;
		if (have < wanted) {
			return wanted;
		}
		wanted += from.getUnsignedShort(index) + (((flags & 6) != 0) ? 2 : 0);
		if (!version5) {
			return wanted;
		}
		wanted++;
		int properties = 0;
		for (int shifted = 0; have >= wanted; shifted += 7) {
			int next = from.getUnsignedByte(index + wanted - 1);
			properties |= (next & 0x7f) << shifted;
			if (next < 0x80) {
				wanted += properties;
				break;
			}
			if (shifted == 21) {
				throw MqttViolation.malformed("a length of properties of more than four bytes");
			}
			wanted++;
		}
		if (properties > FrameReader.MAX_COLLECTED) {
			throw new MqttViolation(MqttViolation.PACKET_TOO_LARGE, "properties of " + properties + " bytes");
		}
		return wanted;
	}

	void set(int flags, ByteBuf source, int topicIndex, int topicLength) {
		this.flags = flags;
		this.source = source;
		this.topicIndex = topicIndex;
		this.topicLength = topicLength;
		this.packetId = 0;
		this.properties = MqttProperties.NONE;
	}

	void packetId(int id) {
		this.packetId = id;
	}

	void payloadLength(long length) {
		this.payloadLength = length;
	}

	void properties(MqttProperties decoded) {
		this.properties = decoded;
	}

	void clear() {
		this.source = Unpooled.EMPTY_BUFFER;
	}

	/**
	 * Returns the quality of service.
	 * @return 0..2
	 */
	public int qos() {
		return (this.flags >> 1) & 3;
	}

	/**
	 * Whether it may have been sent before.
	 * @return DUP
	 */
	public boolean isDuplicate() {
		return (this.flags & 8) != 0;
	}

	/**
	 * Whether the broker had kept it.
	 * @return RETAIN
	 */
	public boolean isRetained() {
		return (this.flags & 1) != 0;
	}

	/**
	 * Returns what holds the topic's bytes.
	 * @return borrowed
	 */
	public ByteBuf source() {
		return this.source;
	}

	/**
	 * Returns where the topic starts.
	 * @return index in {@link #source()}
	 */
	public int topicIndex() {
		return this.topicIndex;
	}

	/**
	 * Returns the length of the topic.
	 * @return bytes
	 */
	public int topicLength() {
		return this.topicLength;
	}

	/**
	 * Returns the packet's number.
	 * @return 1..65535, 0 of QoS 0
	 */
	public int packetId() {
		return this.packetId;
	}

	/**
	 * Returns the length of the payload that follows.
	 * @return bytes
	 */
	public long payloadLength() {
		return this.payloadLength;
	}

	/**
	 * Returns the properties of MQTT 5.
	 * @return {@link MqttProperties#NONE} if there are none
	 */
	public MqttProperties properties() {
		return this.properties;
	}

}
