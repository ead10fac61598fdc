package io.securestreams.transport.mqtt.frame;

/**
 * The peer broke the protocol, or a limit was exceeded. The connection has to end.
 */
public final class MqttViolation extends Exception {

	private static final long serialVersionUID = 1L;

	/** Reason code of MQTT 5: the packet cannot be parsed. */
	public static final int MALFORMED = 0x81;

	/** Reason code of MQTT 5: the packet must not come, or not now. */
	public static final int PROTOCOL_ERROR = 0x82;

	/** Reason code of MQTT 5: the topic alias is none. */
	public static final int TOPIC_ALIAS_INVALID = 0x94;

	/** Reason code of MQTT 5: the packet is too large. */
	public static final int PACKET_TOO_LARGE = 0x95;

	/** Reason code of MQTT 5: there are too many packets of no use. */
	public static final int MESSAGE_RATE_TOO_HIGH = 0x96;

	private final int reason;

	/**
	 * Makes a violation.
	 * @param reason reason code of MQTT 5
	 * @param message what is wrong
	 */
	public MqttViolation(int reason, String message) {
		super(message, null, false, false);
		this.reason = reason;
	}

	static MqttViolation malformed(String message) {
		return new MqttViolation(MALFORMED, message);
	}

	/**
	 * Returns the reason code of MQTT 5.
	 * @return 0x80 or more
	 */
	public int reason() {
		return this.reason;
	}

}
