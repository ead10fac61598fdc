package io.securestreams.proxy.client.link;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where the link to the proxy stands, whatever the stream does behind it.
 */
enum LinkState {

	/** There is none, and none is wanted. */
	IDLE,
	/** Being connected. */
	CONNECTING,
	/** Connected; the proxy has been asked for the stream and has not answered. */
	GREETING,
	/** The proxy has the stream. */
	UP,
	/** Lost or refused; there is another attempt in a while. */
	WAITING,
	/** The stream is gone. */
	CLOSED;

	private static final Map<LinkState, Set<LinkState>> NEXT = new EnumMap<>(LinkState.class);

	static {
		NEXT.put(IDLE, EnumSet.of(CONNECTING, CLOSED));
		NEXT.put(CONNECTING, EnumSet.of(GREETING, WAITING, IDLE, CLOSED));
		NEXT.put(GREETING, EnumSet.of(UP, WAITING, IDLE, CLOSED));
		NEXT.put(UP, EnumSet.of(WAITING, IDLE, CLOSED));
		NEXT.put(WAITING, EnumSet.of(CONNECTING, IDLE, CLOSED));
		NEXT.put(CLOSED, EnumSet.noneOf(LinkState.class));
	}

	/** Whether that may come after this. */
	boolean allows(LinkState next) {
		return NEXT.getOrDefault(this, Set.of()).contains(next);
	}

	/** Whether there is a connection. */
	boolean isConnected() {
		return this == GREETING || this == UP;
	}

}
