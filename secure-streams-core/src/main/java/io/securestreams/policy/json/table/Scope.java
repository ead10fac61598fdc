package io.securestreams.policy.json.table;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Role;

/**
 * The streamtypes in which a key has an effect.
 *
 * @param clients wire protocols of clients
 * @param servers wire protocols of servers
 * @param sinks whether local sinks are among them, which have no wire protocol
 */
public record Scope(Set<Protocol> clients, Set<Protocol> servers, boolean sinks) {

	private static final Set<Protocol> NONE = Collections.emptySet();

	private static final Set<Protocol> EVERY = EnumSet.allOf(Protocol.class);

	private static final Set<Protocol> WEB_PROTOCOLS = EnumSet.of(Protocol.H1, Protocol.H2, Protocol.H3, Protocol.WS);

	private static final Set<Protocol> HTTP_PROTOCOLS = EnumSet.of(Protocol.H1, Protocol.H2, Protocol.H3);

	/** Nothing in this version goes by the key. */
	public static final Scope NOWHERE = new Scope(NONE, NONE, false);

	public static final Scope ANY = new Scope(EVERY, EVERY, true);

	public static final Scope CONNECTION = new Scope(EVERY, EVERY, false);

	public static final Scope CLIENT_CONNECTION = new Scope(EVERY, NONE, false);

	public static final Scope SERVER_CONNECTION = new Scope(NONE, EVERY, false);

	public static final Scope WEB = new Scope(WEB_PROTOCOLS, WEB_PROTOCOLS, false);

	/** HTTP itself and the opening handshake of WebSocket. */
	public static final Scope WEB_CLIENT = new Scope(WEB_PROTOCOLS, NONE, false);

	public static final Scope HTTP = new Scope(HTTP_PROTOCOLS, HTTP_PROTOCOLS, false);

	public static final Scope HTTP_CLIENT = new Scope(HTTP_PROTOCOLS, NONE, false);

	public static final Scope HTTP_2 = new Scope(EnumSet.of(Protocol.H2, Protocol.H3), NONE, false);

	/** WebSocket, and HTTP servers, which accept an upgrade to it. */
	public static final Scope WEBSOCKET = new Scope(EnumSet.of(Protocol.WS), WEB_PROTOCOLS, false);

	/** WebSocket itself, and MQTT, which may travel in one. */
	public static final Scope WEBSOCKET_CLIENT = new Scope(EnumSet.of(Protocol.WS, Protocol.MQTT), NONE, false);

	public static final Scope MQTT = new Scope(EnumSet.of(Protocol.MQTT), NONE, false);

	public boolean covers(Role role, Protocol protocol) {
		return switch (role) {
			case CLIENT -> this.clients.contains(protocol);
			case SERVER -> this.servers.contains(protocol);
			case LOCAL_SINK -> this.sinks;
		};
	}

	/** The protocols with which a key has an effect in a role; empty if with none. */
	public Set<Protocol> protocols(Role role) {
		return switch (role) {
			case CLIENT -> this.clients;
			case SERVER -> this.servers;
			case LOCAL_SINK -> NONE;
		};
	}

}
