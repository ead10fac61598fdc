package io.securestreams.policy;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Wire protocol of a streamtype, policy key {@code protocol}.
 */
public enum Protocol {

	/** HTTP/1.1 (RFC 9112), policy name {@code h1}. */
	H1("h1"),
	/** HTTP/2 (RFC 9113), policy name {@code h2}. */
	H2("h2"),
	/** HTTP/3 (RFC 9114), policy name {@code h3}. */
	H3("h3"),
	/** WebSocket (RFC 6455), policy name {@code ws}. */
	WS("ws"),
	/** MQTT 3.1.1, policy name {@code mqtt}. */
	MQTT("mqtt"),
	/** A plain byte stream, policy name {@code raw}. */
	RAW("raw");

	private final String policyName;

	Protocol(String policyName) {
		this.policyName = policyName;
	}

	/**
	 * Returns the name that the policy uses.
	 * @return the value of the policy key {@code protocol}
	 */
	public String policyName() {
		return this.policyName;
	}

	/**
	 * Finds a protocol by its policy name.
	 * @param name value of the policy key {@code protocol}; case matters
	 * @return the protocol, or empty if there is none of that name
	 */
	public static Optional<Protocol> ofPolicyName(String name) {
		for (Protocol protocol : values()) {
			if (protocol.policyName.equals(name)) {
				return Optional.of(protocol);
			}
		}
		return Optional.empty();
	}

	/**
	 * Whether this is a version of HTTP.
	 * @return {@code true} for h1, h2 and h3
	 */
	public boolean isHttp() {
		return this == H1 || this == H2 || this == H3;
	}

	/**
	 * Whether this version can speak the protocol. Policies may name one that it cannot,
	 * but no stream of such a streamtype can be made.
	 * @return {@code false} for h3
	 */
	public boolean isAvailable() {
		return this != H3;
	}

	/**
	 * Returns the protocols that this version can speak.
	 * @return the available ones, in the order of their declaration
	 */
	public static Set<Protocol> available() {
		Set<Protocol> available = EnumSet.allOf(Protocol.class);
		available.removeIf((protocol) -> !protocol.isAvailable());
		return available;
	}

}
