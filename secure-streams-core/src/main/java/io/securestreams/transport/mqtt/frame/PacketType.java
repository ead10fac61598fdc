package io.securestreams.transport.mqtt.frame;

/**
 * Types of control packets (MQTT 3.1.1 section 2.2.1).
 */
public final class PacketType {

	static final int CONNECT = 1;

	static final int CONNACK = 2;

	static final int PUBLISH = 3;

	/** Answer to QoS 1. */
	public static final int PUBACK = 4;

	/** First answer to QoS 2. */
	public static final int PUBREC = 5;

	/** Second step of the sender of QoS 2. */
	public static final int PUBREL = 6;

	/** Last answer to QoS 2. */
	public static final int PUBCOMP = 7;

	static final int SUBSCRIBE = 8;

	static final int SUBACK = 9;

	static final int UNSUBSCRIBE = 10;

	static final int UNSUBACK = 11;

	static final int PINGREQ = 12;

	static final int PINGRESP = 13;

	static final int DISCONNECT = 14;

	static final int AUTH = 15;

	private PacketType() {
	}

}
