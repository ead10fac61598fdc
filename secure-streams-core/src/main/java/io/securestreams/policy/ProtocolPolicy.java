package io.securestreams.policy;

/**
 * The part of a streamtype's policy that belongs to its wire protocol.
 */
public sealed interface ProtocolPolicy permits HttpPolicy, WebSocketPolicy, MqttPolicy, RawPolicy {

	/**
	 * Returns the wire protocol.
	 * @return the value of the policy key {@code protocol}
	 */
	Protocol protocol();

}
