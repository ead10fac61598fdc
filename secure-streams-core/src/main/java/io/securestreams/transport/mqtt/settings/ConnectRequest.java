package io.securestreams.transport.mqtt.settings;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.ConnectPacket;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttText;
import io.securestreams.transport.mqtt.frame.PropertyWriter;
import io.securestreams.transport.mqtt.settings.ConnectSettings.Message;
import io.securestreams.transport.mqtt.settings.ConnectSettings.Secret;

/**
 * Makes CONNECT packets of settings.
 */
public final class ConnectRequest {

	private static final int MADE_UP_LENGTH = 23;

	private static final String MADE_UP = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	private static final byte[] NO_PROPERTIES = {};

	private static final long FOR_EVER = 0xffff_ffffL;

	/** Most messages of QoS 1 and 2 that the broker has under way to us. */
	private static final int RECEIVE_MAXIMUM = 1000;

	private final RandomGenerator random;

	private final int maxPacketSize;

	private final int aliases;

	/**
	 * Makes a maker.
	 * @param random makes client ids up
	 * @param maxPacketSize longest packet received, bytes
	 * @param aliases numbers in place of topics that the broker may use
	 */
	public ConnectRequest(RandomGenerator random, int maxPacketSize, int aliases) {
		this.random = random;
		this.maxPacketSize = maxPacketSize;
		this.aliases = aliases;
	}

	/**
	 * Tells the client id of a connection, the same at the next start, as a kept session
	 * needs it.
	 * @param settings the connection's
	 * @return the client id, empty for one that is made up
	 */
	public static String clientId(ConnectSettings settings) {
		String id = settings.clientId();
		return (id.isEmpty() || settings.lane() == 0) ? id
				: id + "-" + Integer.toHexString(0x10000 | (0xffff & settings.lane())).substring(1);
	}

	/**
	 * Makes the packet a connection begins with.
	 * @param settings the settings
	 * @return the packet
	 */
	public ConnectPacket packet(ConnectSettings settings) {
		boolean version5 = settings.options().isVersion5();
		// An MQTT 5 broker makes ids up itself
		String id = (settings.clientId().isEmpty() && !version5) ? madeUp() : clientId(settings);
		return new ConnectPacket(version5, MqttText.encode(id), bytes(settings.username()), bytes(settings.password()),
				settings.keepAliveSeconds(), settings.cleanStart(), will(settings), properties(settings));
	}

	private byte[] properties(ConnectSettings settings) {
		if (!settings.options().isVersion5()) {
			return NO_PROPERTIES;
		}
		PropertyWriter properties = new PropertyWriter();
		long expiry = settings.options().sessionExpirySeconds();
		if (expiry == 0 && !settings.cleanStart()) {
			expiry = FOR_EVER;
		}
		if (expiry > 0) {
			properties.four(MqttProperties.SESSION_EXPIRY, expiry);
		}
		return properties.two(MqttProperties.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM)
			.two(MqttProperties.TOPIC_ALIAS_MAXIMUM, this.aliases)
			.four(MqttProperties.MAXIMUM_PACKET_SIZE, this.maxPacketSize)
			.toByteArray();
	}

	private static ConnectPacket.@Nullable Will will(ConnectSettings settings) {
		Message will = settings.will();
		if (will == null) {
			return null;
		}
		long delay = settings.options().isVersion5() ? settings.options().willDelaySeconds() : 0;
		return new ConnectPacket.Will(MqttText.encode(will.topic()), will.bytes(), will.qos(), will.retain(),
				(delay > 0) ? new PropertyWriter().four(MqttProperties.WILL_DELAY, delay).toByteArray()
						: NO_PROPERTIES);
	}

	private static byte @Nullable [] bytes(@Nullable Secret secret) {
		return (secret != null) ? secret.bytes() : null;
	}

	private String madeUp() {
		StringBuilder id = new StringBuilder(MADE_UP_LENGTH);
		for (int i = 0; i < MADE_UP_LENGTH; i++) {
			id.append(MADE_UP.charAt(this.random.nextInt(MADE_UP.length())));
		}
		return id.toString();
	}

}
