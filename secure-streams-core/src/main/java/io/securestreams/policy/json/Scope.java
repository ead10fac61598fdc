package io.securestreams.policy.json;

import java.util.EnumSet;
import java.util.Set;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Role;

/**
 * The streamtypes in which a key has an effect.
 *
 * @param protocols wire protocols; of no matter for a local sink
 * @param roles roles
 */
record Scope(Set<Protocol> protocols, Set<Role> roles) {

	private static final Set<Protocol> EVERY_PROTOCOL = EnumSet.allOf(Protocol.class);

	private static final Set<Protocol> WEB_PROTOCOLS = EnumSet.of(Protocol.H1, Protocol.H2, Protocol.H3, Protocol.WS);

	private static final Set<Protocol> HTTP_PROTOCOLS = EnumSet.of(Protocol.H1, Protocol.H2, Protocol.H3);

	private static final Set<Role> NETWORK = EnumSet.of(Role.CLIENT, Role.SERVER);

	private static final Set<Role> CLIENT = EnumSet.of(Role.CLIENT);

	static final Scope ANY = new Scope(EVERY_PROTOCOL, EnumSet.allOf(Role.class));

	static final Scope CONNECTION = new Scope(EVERY_PROTOCOL, NETWORK);

	static final Scope CLIENT_CONNECTION = new Scope(EVERY_PROTOCOL, CLIENT);

	static final Scope SERVER_CONNECTION = new Scope(EVERY_PROTOCOL, EnumSet.of(Role.SERVER));

	static final Scope WEB = new Scope(WEB_PROTOCOLS, NETWORK);

	/** HTTP itself and the opening handshake of WebSocket. */
	static final Scope WEB_CLIENT = new Scope(WEB_PROTOCOLS, CLIENT);

	static final Scope HTTP = new Scope(HTTP_PROTOCOLS, NETWORK);

	static final Scope HTTP_CLIENT = new Scope(HTTP_PROTOCOLS, CLIENT);

	static final Scope HTTP_2 = new Scope(EnumSet.of(Protocol.H2, Protocol.H3), CLIENT);

	/** WebSocket, and HTTP servers that accept an upgrade to it. */
	static final Scope WEBSOCKET = WEB;

	static final Scope WEBSOCKET_CLIENT = new Scope(EnumSet.of(Protocol.WS), CLIENT);

	static final Scope MQTT = new Scope(EnumSet.of(Protocol.MQTT), CLIENT);

}
