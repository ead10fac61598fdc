package io.securestreams.limits;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many connections listeners accept, whatever the protocol.
 */
public final class ListenerLimits extends Limits {

	/**
	 * 10,000 connections, 2,000 from one address, a queue of 1024.
	 */
	public static final ListenerLimits DEFAULTS = builder().build();

	private final int maxConnections;

	private final int maxConnectionsPerAddress;

	private final int backlog;

	private ListenerLimits(Builder builder) {
		Require.atLeast("maxConnections", builder.maxConnections, 1);
		Require.atLeast("maxConnectionsPerAddress", builder.maxConnectionsPerAddress, 1);
		Require.atLeast("backlog", builder.backlog, 1);
		this.maxConnections = builder.maxConnections;
		this.maxConnectionsPerAddress = builder.maxConnectionsPerAddress;
		this.backlog = builder.backlog;
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
		builder.maxConnections = this.maxConnections;
		builder.maxConnectionsPerAddress = this.maxConnectionsPerAddress;
		builder.backlog = this.backlog;
		return builder;
	}

	/**
	 * Returns {@code maxConnections}.
	 * @return about how many connections a listener has at a time; further ones wait in
	 * the system's queue
	 */
	public int maxConnections() {
		return this.maxConnections;
	}

	/**
	 * Returns {@code maxConnectionsPerAddress}.
	 * @return most connections of a listener from one IPv4 address or IPv6 network of 64
	 * bits; further ones are closed at once
	 */
	public int maxConnectionsPerAddress() {
		return this.maxConnectionsPerAddress;
	}

	/**
	 * Returns {@code backlog}.
	 * @return connections the system completes before they are accepted
	 */
	public int backlog() {
		return this.backlog;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxConnections", this.maxConnections);
		values.put("maxConnectionsPerAddress", this.maxConnectionsPerAddress);
		values.put("backlog", this.backlog);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int maxConnections = 10_000;

		private int maxConnectionsPerAddress = 2000;

		private int backlog = 1024;

		private Builder() {
		}

		/**
		 * Sets {@code maxConnections}.
		 * @param maxConnections about how many connections a listener has at a time;
		 * further ones wait in the system's queue
		 * @return this builder
		 */
		public Builder maxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
			return this;
		}

		/**
		 * Sets {@code maxConnectionsPerAddress}.
		 * @param maxConnectionsPerAddress most connections of a listener from one IPv4
		 * address or IPv6 network of 64 bits; further ones are closed at once
		 * @return this builder
		 */
		public Builder maxConnectionsPerAddress(int maxConnectionsPerAddress) {
			this.maxConnectionsPerAddress = maxConnectionsPerAddress;
			return this;
		}

		/**
		 * Sets {@code backlog}.
		 * @param backlog connections the system completes before they are accepted
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.backlog = backlog;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public ListenerLimits build() {
			return new ListenerLimits(this);
		}

	}

}
