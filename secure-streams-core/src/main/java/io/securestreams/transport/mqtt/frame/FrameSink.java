package io.securestreams.transport.mqtt.frame;

import io.netty.buffer.ByteBuf;

/**
 * Takes what a {@link FrameReader} finds. Reason codes are those of MQTT 5, 0 in 3.1.1
 * but for {@link #connected}, whose codes are those of the version.
 */
public interface FrameSink {

	/**
	 * CONNACK.
	 * @param sessionPresent whether the broker knows the session
	 * @param code 0 for success
	 * @param properties of MQTT 5
	 * @throws MqttViolation if it must not come
	 */
	void connected(boolean sessionPresent, int code, MqttProperties properties) throws MqttViolation;

	/**
	 * PUBLISH, before its payload: {@link #payload} follows, at least once.
	 * @param head what comes before the payload
	 * @throws MqttViolation if it must not come
	 */
	void publish(PublishHead head) throws MqttViolation;

	/**
	 * Payload of the last {@link #publish}.
	 * @param bytes borrowed; all that is readable
	 * @param end whether this is the last piece
	 */
	void payload(ByteBuf bytes, boolean end);

	/**
	 * PUBACK, PUBREC, PUBREL or PUBCOMP.
	 * @param type see {@link PacketType}
	 * @param packetId number of the packet it is about
	 * @param reason 0x80 and more for failures
	 * @throws MqttViolation if it must not come
	 */
	void acknowledged(int type, int packetId, int reason) throws MqttViolation;

	/**
	 * SUBACK.
	 * @param packetId number of the packet it is about
	 * @param codes one byte for each filter; borrowed
	 * @throws MqttViolation if it must not come
	 */
	void subscribed(int packetId, ByteBuf codes) throws MqttViolation;

	/**
	 * UNSUBACK.
	 * @param packetId number of the packet it is about
	 * @throws MqttViolation if it must not come
	 */
	void unsubscribed(int packetId) throws MqttViolation;

	/**
	 * PINGRESP.
	 * @throws MqttViolation if it must not come
	 */
	void pong() throws MqttViolation;

	/**
	 * DISCONNECT of an MQTT 5 broker.
	 * @param reason why
	 * @param properties of MQTT 5
	 */
	void disconnected(int reason, MqttProperties properties);

}
