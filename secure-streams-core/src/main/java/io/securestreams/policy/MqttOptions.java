package io.securestreams.policy;

/**
 * What MQTT streams have beyond version 3.1.1 on a socket.
 *
 * @param version 5 for MQTT 5, anything less for MQTT 3.1.1 ({@code mqtt_version})
 * @param sessionExpirySeconds how long the broker keeps the session after the connection,
 * MQTT 5 ({@code mqtt_session_expiry}); 0 for as long as it likes, unless the session
 * starts afresh
 * @param messageExpirySeconds how long a message is of use, MQTT 5
 * ({@code mqtt_message_expiry}); 0 for ever
 * @param willDelaySeconds how long the broker waits before it publishes the will, MQTT 5
 * ({@code mqtt_will_delay})
 * @param overWebSocket whether packets travel in a WebSocket ({@code mqtt_over_ws})
 * @param overHttp2 whether that is opened on an HTTP/2 connection ({@code ws_over_h2})
 */
public record MqttOptions(int version, long sessionExpirySeconds, long messageExpirySeconds, long willDelaySeconds,
		boolean overWebSocket, boolean overHttp2) {

	/** MQTT 3.1.1 on a socket. */
	public static final MqttOptions DEFAULT = new MqttOptions(3, 0, 0, 0, false, false);

	/**
	 * Whether MQTT 5 is spoken.
	 * @return {@code false} for MQTT 3.1.1
	 */
	public boolean isVersion5() {
		return this.version == 5;
	}

}
