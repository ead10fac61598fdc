package io.securestreams.proxy.client;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.Protocol;

/**
 * What is known of the protocol that the proxy speaks for the stream. Proxies of ours
 * tell. Those of libwebsockets do not; what can be learnt then is whether a stream's
 * transactions end.
 *
 * @param protocol the protocol, or {@code null} if it is not known
 * @param repeatable whether a transaction does no harm if it is made twice
 * @param transactional whether there are transactions
 */
record OnwardKind(@Nullable Protocol protocol, boolean repeatable, boolean transactional) {

	/** Nothing is known: messages both ways, of which none is sent twice. */
	static final OnwardKind UNKNOWN = new OnwardKind(null, false, false);

	/** A stream of an unknown protocol whose transactions end. */
	static final OnwardKind TRANSACTIONS = new OnwardKind(null, false, true);

	/**
	 * Messages both ways, which the proxy itself takes and gives, as long as there is a
	 * link.
	 */
	static final OnwardKind SYSTEM_MESSAGES = new OnwardKind(null, true, false);

	/** RFC 9110 section 9.2.2. */
	private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

	/**
	 * Reads what a proxy says.
	 * @param text name of the protocol as in policies, and of HTTP the method after a
	 * space
	 * @return the kind, {@link #UNKNOWN} if it makes no sense
	 */
	static OnwardKind of(String text) {
		int space = text.indexOf(' ');
		String name = (space < 0) ? text : text.substring(0, space);
		String method = (space < 0) ? "" : text.substring(space + 1).toUpperCase(Locale.ROOT);
		for (Protocol protocol : Protocol.values()) {
			if (protocol.policyName().equals(name)) {
				return new OnwardKind(protocol, IDEMPOTENT.contains(method), protocol.isHttp());
			}
		}
		return UNKNOWN;
	}

	/** Whether nothing is to be learnt from what the proxy does. */
	boolean isKnown() {
		return this.protocol != null || isSystemMessages();
	}

	boolean isSystemMessages() {
		return equals(SYSTEM_MESSAGES);
	}

	/** Whether both sides may speak at any time, for certain. */
	boolean isDuplex() {
		return this.protocol != null && !this.transactional;
	}

	/** Whether the length of what is going to be sent is of any use. */
	boolean takesLength() {
		return this.transactional || this.protocol == Protocol.MQTT;
	}

	TransportKind transport() {
		if (this.transactional) {
			return TransportKind.TRANSACTIONS;
		}
		return (this.protocol == Protocol.RAW) ? TransportKind.BYTES : TransportKind.MESSAGES;
	}

}
