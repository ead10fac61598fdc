package io.securestreams.limits;

/**
 * How many connections listeners accept, whatever the protocol.
 *
 * @param maxConnections about how many connections a listener has at a time; further ones
 * wait in the system's queue
 * @param maxConnectionsPerAddress most connections of a listener from one IPv4 address or
 * IPv6 network of 64 bits; further ones are closed at once
 * @param backlog connections the system completes before they are accepted
 */
public record ListenerLimits(int maxConnections, int maxConnectionsPerAddress, int backlog) {

	/** 10,000 connections, 2,000 from one address, a queue of 1024. */
	public static final ListenerLimits DEFAULTS = new ListenerLimits(10_000, 2000, 1024);

	public ListenerLimits {
		Require.atLeast("maxConnections", maxConnections, 1);
		Require.atLeast("maxConnectionsPerAddress", maxConnectionsPerAddress, 1);
		Require.atLeast("backlog", backlog, 1);
	}

}
