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

	private final Builder given;

	private ListenerLimits(Builder builder) {
		Require.atLeast("maxConnections", builder.maxConnections, 1);
		Require.atLeast("maxConnectionsPerAddress", builder.maxConnectionsPerAddress, 1);
		Require.atLeast("backlog", builder.backlog, 1);
		this.given = new Builder(builder);
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
		return new Builder(this.given);
	}

	/**
	 * Returns {@code maxConnections}.
	 * @return about how many connections a listener has at a time; further ones wait in
	 * the system's queue
	 */
	public int maxConnections() {
		return this.given.maxConnections;
	}

	/**
	 * Returns {@code maxConnectionsPerAddress}.
	 * @return most connections of a listener from one IPv4 address or IPv6 network of 64
	 * bits; further ones are closed at once
	 */
	public int maxConnectionsPerAddress() {
		return this.given.maxConnectionsPerAddress;
	}

	/**
	 * Returns {@code backlog}.
	 * @return connections the system completes before they are accepted
	 */
	public int backlog() {
		return this.given.backlog;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxConnections", this.given.maxConnections);
		values.put("maxConnectionsPerAddress", this.given.maxConnectionsPerAddress);
		values.put("backlog", this.given.backlog);
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

		private Builder(Builder from) {
			this.maxConnections = from.maxConnections;
			this.maxConnectionsPerAddress = from.maxConnectionsPerAddress;
			this.backlog = from.backlog;
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
