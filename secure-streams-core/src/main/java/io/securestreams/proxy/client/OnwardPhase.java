package io.securestreams.proxy.client;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where the connection stands that the proxy makes for the stream, as far as it has told.
 */
enum OnwardPhase {

	/** There is none, and none is on its way. */
	IDLE,
	/** The proxy has been asked for one. */
	ASKED,
	/** An attempt is under way. */
	CONNECTING,
	/** An attempt has failed; the proxy says when there is another, or none. */
	RETRYING,
	/** Up. */
	CONNECTED,
	/** Lost; the proxy may be about to make another. */
	LOST,
	/** The stream is gone. */
	CLOSED;

	private static final Map<OnwardPhase, Set<OnwardPhase>> NEXT = new EnumMap<>(OnwardPhase.class);

	static {
		NEXT.put(IDLE, EnumSet.of(ASKED, CONNECTING, CLOSED));
		NEXT.put(ASKED, EnumSet.of(CONNECTING, IDLE, CLOSED));
		NEXT.put(CONNECTING, EnumSet.of(CONNECTED, RETRYING, LOST, IDLE, CLOSED));
		NEXT.put(RETRYING, EnumSet.of(ASKED, CONNECTING, IDLE, CLOSED));
		NEXT.put(CONNECTED, EnumSet.of(IDLE, LOST, CLOSED));
		NEXT.put(LOST, EnumSet.of(ASKED, CONNECTING, IDLE, CLOSED));
		NEXT.put(CLOSED, EnumSet.noneOf(OnwardPhase.class));
	}

	/** Whether that may come after this. */
	boolean allows(OnwardPhase next) {
		return NEXT.getOrDefault(this, Set.of()).contains(next);
	}

	/** Whether payload goes somewhere, or is going to. */
	boolean isUp() {
		return this == CONNECTING || this == CONNECTED;
	}

	/** Whether nothing is under way. */
	boolean isFree() {
		return this == IDLE || this == RETRYING || this == LOST;
	}

}
