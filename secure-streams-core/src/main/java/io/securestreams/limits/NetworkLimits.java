package io.securestreams.limits;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits of connecting and listening that no policy sets.
 */
public final class NetworkLimits extends Limits {

	/**
	 * 20 s each to connect, for TLS and for a SOCKS5 proxy, 250 ms between addresses, the
	 * system's DNS.
	 */
	public static final NetworkLimits DEFAULTS = builder().build();

	private final Duration connectTimeout;

	private final Duration tlsTimeout;

	private final Duration socks5Timeout;

	private final Duration attemptDelay;

	private final List<InetSocketAddress> nameServers;

	private final Duration nameServerTimeout;

	private NetworkLimits(Builder builder) {
		Require.oneMillisecond("connectTimeout", builder.connectTimeout);
		Require.oneMillisecond("tlsTimeout", builder.tlsTimeout);
		Require.oneMillisecond("socks5Timeout", builder.socks5Timeout);
		Require.oneMillisecond("attemptDelay", builder.attemptDelay);
		Require.oneMillisecond("nameServerTimeout", builder.nameServerTimeout);
		this.connectTimeout = builder.connectTimeout;
		this.tlsTimeout = builder.tlsTimeout;
		this.socks5Timeout = builder.socks5Timeout;
		this.attemptDelay = builder.attemptDelay;
		this.nameServers = List.copyOf(builder.nameServers);
		this.nameServerTimeout = builder.nameServerTimeout;
	}

	/**
	 * Starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Starts with these limits.
	 * @return a builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.connectTimeout = this.connectTimeout;
		builder.tlsTimeout = this.tlsTimeout;
		builder.socks5Timeout = this.socks5Timeout;
		builder.attemptDelay = this.attemptDelay;
		builder.nameServers = this.nameServers;
		builder.nameServerTimeout = this.nameServerTimeout;
		return builder;
	}

	/**
	 * Returns {@code connectTimeout}.
	 * @return most time for name look-up and TCP connect to all addresses together
	 */
	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	/**
	 * Returns {@code tlsTimeout}.
	 * @return most time for a TLS handshake
	 */
	public Duration tlsTimeout() {
		return this.tlsTimeout;
	}

	/**
	 * Returns {@code socks5Timeout}.
	 * @return most time until a SOCKS5 proxy that has been reached is connected to the
	 * peer
	 */
	public Duration socks5Timeout() {
		return this.socks5Timeout;
	}

	/**
	 * Returns {@code attemptDelay}.
	 * @return how long a connection attempt may hang before the next address is tried
	 * beside it (RFC 8305 section 5)
	 */
	public Duration attemptDelay() {
		return this.attemptDelay;
	}

	/**
	 * Returns {@code nameServers}.
	 * @return name servers to ask; empty means the system's
	 */
	public List<InetSocketAddress> nameServers() {
		return this.nameServers;
	}

	/**
	 * Returns {@code nameServerTimeout}.
	 * @return most time for one query to one name server
	 */
	public Duration nameServerTimeout() {
		return this.nameServerTimeout;
	}

	/**
	 * Returns these limits with other time limits.
	 * @param connectTimeout most time for name look-up and TCP connect
	 * @param tlsTimeout most time for a TLS handshake
	 * @return a copy
	 */
	public NetworkLimits withTimeouts(Duration connectTimeout, Duration tlsTimeout) {
		return toBuilder().connectTimeout(connectTimeout).tlsTimeout(tlsTimeout).build();
	}

	/**
	 * Returns these limits with another time limit for SOCKS5.
	 * @param socks5Timeout most time until the proxy is connected to the peer
	 * @return a copy
	 */
	public NetworkLimits withSocks5Timeout(Duration socks5Timeout) {
		return toBuilder().socks5Timeout(socks5Timeout).build();
	}

	/**
	 * Returns these limits with another delay between addresses.
	 * @param attemptDelay how long one address may hang before the next is tried
	 * @return a copy
	 */
	public NetworkLimits withAttemptDelay(Duration attemptDelay) {
		return toBuilder().attemptDelay(attemptDelay).build();
	}

	/**
	 * Returns these limits with other name servers.
	 * @param nameServers name servers to ask; empty means the system's
	 * @param nameServerTimeout most time for one query
	 * @return a copy
	 */
	public NetworkLimits withNameServers(List<InetSocketAddress> nameServers, Duration nameServerTimeout) {
		return toBuilder().nameServers(nameServers).nameServerTimeout(nameServerTimeout).build();
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("connectTimeout", this.connectTimeout);
		values.put("tlsTimeout", this.tlsTimeout);
		values.put("socks5Timeout", this.socks5Timeout);
		values.put("attemptDelay", this.attemptDelay);
		values.put("nameServers", this.nameServers);
		values.put("nameServerTimeout", this.nameServerTimeout);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private Duration connectTimeout = Duration.ofSeconds(20);

		private Duration tlsTimeout = Duration.ofSeconds(20);

		private Duration socks5Timeout = Duration.ofSeconds(20);

		private Duration attemptDelay = Duration.ofMillis(250);

		private List<InetSocketAddress> nameServers = List.of();

		private Duration nameServerTimeout = Duration.ofSeconds(5);

		private Builder() {
		}

		/**
		 * Sets {@code connectTimeout}.
		 * @param connectTimeout most time for name look-up and TCP connect to all
		 * addresses together
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
			return this;
		}

		/**
		 * Sets {@code tlsTimeout}.
		 * @param tlsTimeout most time for a TLS handshake
		 * @return this builder
		 */
		public Builder tlsTimeout(Duration tlsTimeout) {
			this.tlsTimeout = tlsTimeout;
			return this;
		}

		/**
		 * Sets {@code socks5Timeout}.
		 * @param socks5Timeout most time until a SOCKS5 proxy that has been reached is
		 * connected to the peer
		 * @return this builder
		 */
		public Builder socks5Timeout(Duration socks5Timeout) {
			this.socks5Timeout = socks5Timeout;
			return this;
		}

		/**
		 * Sets {@code attemptDelay}.
		 * @param attemptDelay how long a connection attempt may hang before the next
		 * address is tried beside it (RFC 8305 section 5)
		 * @return this builder
		 */
		public Builder attemptDelay(Duration attemptDelay) {
			this.attemptDelay = attemptDelay;
			return this;
		}

		/**
		 * Sets {@code nameServers}.
		 * @param nameServers name servers to ask; empty means the system's
		 * @return this builder
		 */
		public Builder nameServers(List<InetSocketAddress> nameServers) {
			this.nameServers = nameServers;
			return this;
		}

		/**
		 * Sets {@code nameServerTimeout}.
		 * @param nameServerTimeout most time for one query to one name server
		 * @return this builder
		 */
		public Builder nameServerTimeout(Duration nameServerTimeout) {
			this.nameServerTimeout = nameServerTimeout;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public NetworkLimits build() {
			return new NetworkLimits(this);
		}

	}

}
