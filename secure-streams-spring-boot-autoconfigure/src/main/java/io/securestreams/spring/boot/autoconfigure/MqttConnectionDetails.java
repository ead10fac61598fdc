package io.securestreams.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the MQTT broker is and who the application is to it. A bean of this type, of a
 * test container for example, goes before the policy and the properties; what it does not
 * say stays as they have it.
 */
public interface MqttConnectionDetails extends ConnectionDetails {

	/**
	 * Host of the broker, for the MQTT streamtypes of the policy that the application
	 * starts with; a fetched policy that adds others names their endpoints itself.
	 * @return the host, or {@code null} for the endpoints of the policy
	 */
	default @Nullable String getHost() {
		return null;
	}

	/**
	 * Port of the broker.
	 * @return the port; counts with a host alone
	 */
	default int getPort() {
		return 1883;
	}

	/**
	 * Client id.
	 * @return the client id, or {@code null} for
	 * {@code secure-streams.blobs.mqtt-client-id}
	 */
	default @Nullable String getClientId() {
		return null;
	}

	/**
	 * User name.
	 * @return the user name, or {@code null} for
	 * {@code secure-streams.blobs.mqtt-username}
	 */
	default @Nullable String getUsername() {
		return null;
	}

	/**
	 * Password.
	 * @return the password, or {@code null} for
	 * {@code secure-streams.blobs.mqtt-password}
	 */
	default @Nullable String getPassword() {
		return null;
	}

}
