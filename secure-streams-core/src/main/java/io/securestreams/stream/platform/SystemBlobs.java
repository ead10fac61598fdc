package io.securestreams.stream.platform;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * System blobs: values of this installation that policies refer to by role, such as the
 * auth token or the serial number. May be used from any thread. Never printed.
 */
public final class SystemBlobs {

	/** Highest number a policy can give to {@code client_cert}. */
	public static final int MAX_CLIENT_IDENTITY = 254;

	private final AtomicReferenceArray<byte @Nullable []> values = new AtomicReferenceArray<>(Blob.values().length);

	private final Map<Integer, ClientIdentity> clientIdentities = new ConcurrentHashMap<>();

	/**
	 * Sets a blob.
	 * @param blob which one
	 * @param value its bytes, copied; {@code null} removes it
	 * @return these blobs
	 */
	public SystemBlobs set(Blob blob, byte @Nullable [] value) {
		this.values.set(blob.ordinal(), (value != null) ? value.clone() : null);
		return this;
	}

	/**
	 * Sets a blob to text.
	 * @param blob which one
	 * @param value its text, taken as UTF-8
	 * @return these blobs
	 */
	public SystemBlobs set(Blob blob, String value) {
		return set(blob, value.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns a blob.
	 * @param blob which one
	 * @return a copy of its bytes, or {@code null} if it is not set
	 */
	public byte @Nullable [] get(Blob blob) {
		byte[] value = this.values.get(blob.ordinal());
		return (value != null) ? value.clone() : null;
	}

	/**
	 * Sets an access key of AWS, as policy {@code auth} of type {@code sigv4} refers to
	 * it. It is kept in the auth blob of that index, as {@code id:secret[:sessionToken]}.
	 * @param index the number in the policy, {@code auth[].blob}, 0 to 3
	 * @param id access key id
	 * @param secret secret access key
	 * @param sessionToken session token of temporary credentials, or {@code null}
	 * @return these blobs
	 * @throws IllegalArgumentException if the index is out of range
	 */
	public SystemBlobs setAwsKey(int index, String id, String secret, @Nullable String sessionToken) {
		return set(Blob.auth(index), id + ":" + secret + ((sessionToken != null) ? ":" + sessionToken : ""));
	}

	/**
	 * Sets the TLS client certificate and key that policy {@code client_cert} refers to
	 * (the original's CLIENT_CERT_DER and CLIENT_KEY_DER). Both change at once, from the
	 * next connection on.
	 * @param index the number in the policy, 0 to {@value #MAX_CLIENT_IDENTITY}
	 * @param certificate the certificate, optionally followed by those that lead to its
	 * root: DER or PEM; copied
	 * @param key its private key, not encrypted: PKCS#8, PKCS#1 or SEC1 as DER or PEM;
	 * copied
	 * @return these blobs
	 * @throws IllegalArgumentException if the index is out of range
	 */
	public SystemBlobs setClientIdentity(int index, byte[] certificate, byte[] key) {
		if (index < 0 || index > MAX_CLIENT_IDENTITY) {
			throw new IllegalArgumentException("client_cert: " + index + " (expected: 0.." + MAX_CLIENT_IDENTITY + ")");
		}
		this.clientIdentities.put(index, new ClientIdentity(certificate.clone(), key.clone()));
		return this;
	}

	/**
	 * Removes a TLS client certificate and key.
	 * @param index the number in the policy
	 * @return these blobs
	 */
	public SystemBlobs removeClientIdentity(int index) {
		this.clientIdentities.remove(index);
		return this;
	}

	/**
	 * Returns a TLS client certificate and key.
	 * @param index the number in the policy
	 * @return both, or {@code null} if they are not set; the same object until they are
	 * set anew
	 */
	public @Nullable ClientIdentity clientIdentity(int index) {
		return this.clientIdentities.get(index);
	}

	@Override
	public String toString() {
		return "SystemBlobs[***]";
	}

	/**
	 * A TLS client certificate and its key, as they were set. Never printed.
	 */
	public static final class ClientIdentity {

		private final byte[] certificate;

		private final byte[] key;

		ClientIdentity(byte[] certificate, byte[] key) {
			this.certificate = certificate;
			this.key = key;
		}

		/**
		 * Returns the certificate.
		 * @return a copy: DER or PEM
		 */
		public byte[] certificate() {
			return this.certificate.clone();
		}

		/**
		 * Returns the private key.
		 * @return a copy: DER or PEM
		 */
		public byte[] key() {
			return this.key.clone();
		}

		@Override
		public String toString() {
			return "ClientIdentity[***]";
		}

	}

	/**
	 * The roles.
	 */
	public enum Blob {

		/** Auth token, index 0. */
		AUTH,
		/** Auth token, index 1: body of the request that refreshes index 0. */
		AUTH_1,
		/** Auth token, index 2. */
		AUTH_2,
		/** Auth token, index 3. */
		AUTH_3,
		/** Serial number of the device. */
		DEVICE_SERIAL,
		/** Version of its firmware. */
		FIRMWARE_VERSION,
		/** Kind of device. */
		DEVICE_TYPE,
		/** MQTT client id. */
		MQTT_CLIENT_ID,
		/** MQTT user name. */
		MQTT_USERNAME,
		/** MQTT password. */
		MQTT_PASSWORD;

		private static final List<Blob> TOKENS = List.of(AUTH, AUTH_1, AUTH_2, AUTH_3);

		/**
		 * Finds an auth blob.
		 * @param index the number in the policy, {@code auth[].blob}, 0 to 3
		 * @return the blob
		 * @throws IllegalArgumentException if the index is out of range
		 */
		public static Blob auth(int index) {
			if (index < 0 || index >= TOKENS.size()) {
				throw new IllegalArgumentException("blob: " + index + " (expected: 0.." + (TOKENS.size() - 1) + ")");
			}
			return TOKENS.get(index);
		}

	}

}
