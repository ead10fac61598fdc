package io.securestreams.transport.mqtt.settings;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.frame.MqttProperties;

/**
 * What CONNACK codes mean (MQTT 3.1.1 section 3.2.2.3, MQTT 5 section 3.2.2.2).
 */
public final class ConnectRefusal {

	private ConnectRefusal() {
	}

	/**
	 * Makes a failure of a code.
	 * @param code not 0
	 * @param properties what the broker says besides
	 * @param peer the broker
	 * @param settings what it was told
	 * @return the failure
	 */
	public static StreamFailure of(int code, MqttProperties properties, String peer, ConnectSettings settings) {
		String words = words(properties, settings);
		Phase phase = switch (code) {
			case 4, 5, 0x86, 0x87, 0x8a, 0x8c -> Phase.AUTH;
			case 3, 0x88, 0x89, 0x97, 0x9f -> Phase.BUSY;
			case 0x9c, 0x9d -> Phase.REDIRECT;
			default -> Phase.HANDSHAKE;
		};
		String meaning = switch (code) {
			case 1, 0x84 -> "the version of MQTT";
			case 2, 0x85 -> "the client id";
			case 3, 0x88 -> "the server is unavailable";
			case 4, 0x86 -> "user name or password";
			case 5, 0x87 -> "not authorized";
			case 0x89 -> "the server is busy";
			case 0x8a -> "banned";
			case 0x8c -> "the method of authentication";
			case 0x90 -> "the topic of the will";
			case 0x95 -> "the packet is too large";
			case 0x97 -> "quota exceeded";
			case 0x9a -> "retained messages";
			case 0x9b -> "the quality of service";
			case 0x9c, 0x9d -> "use another server";
			case 0x9f -> "too many connections";
			default -> "unspecified";
		};
		return StreamFailure.unsent(phase, String.format("the broker refuses the connection with code 0x%02x: %s%s",
				code, meaning, words.isEmpty() ? "" : ", " + words), peer, null);
	}

	/**
	 * Makes a failure of DISCONNECT.
	 * @param reason its reason code
	 * @param properties what the broker says besides
	 * @param peer the broker
	 * @param settings what it was told
	 * @return the failure
	 */
	public static StreamFailure later(int reason, MqttProperties properties, String peer, ConnectSettings settings) {
		String words = words(properties, settings);
		return StreamFailure.sent(
				isElsewhere(reason) ? Phase.REDIRECT : Phase.CONNECTION, String
					.format("the broker disconnects with reason 0x%02x%s", reason, words.isEmpty() ? "" : ": " + words),
				peer, null);
	}

	private static boolean isElsewhere(int code) {
		return code == 0x9c || code == 0x9d;
	}

	/** Another server is named but not followed: the policy says who gets credentials. */
	private static String words(MqttProperties properties, ConnectSettings settings) {
		String words = properties.text(MqttProperties.REASON);
		if (words != null && settings.password() != null && settings.password().isIn(words)) {
			words = "it repeats the password";
		}
		String server = properties.text(MqttProperties.SERVER_REFERENCE);
		return ((words != null) ? words : "") + ((words != null && server != null) ? ", " : "")
				+ ((server != null) ? "it names " + server + " (expected: the endpoint of the policy)" : "");
	}

}
