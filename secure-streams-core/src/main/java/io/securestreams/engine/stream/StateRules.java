package io.securestreams.engine.stream;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamState;

import static io.securestreams.stream.StreamState.ALL_RETRIES_FAILED;
import static io.securestreams.stream.StreamState.AUTH_FAILED;
import static io.securestreams.stream.StreamState.CONNECTED;
import static io.securestreams.stream.StreamState.CONNECTING;
import static io.securestreams.stream.StreamState.CREATING;
import static io.securestreams.stream.StreamState.DESTROYING;
import static io.securestreams.stream.StreamState.DISCONNECTED;
import static io.securestreams.stream.StreamState.EVENT_WAIT_CANCELLED;
import static io.securestreams.stream.StreamState.POLL;
import static io.securestreams.stream.StreamState.QOS_ACK_LOCAL;
import static io.securestreams.stream.StreamState.QOS_ACK_REMOTE;
import static io.securestreams.stream.StreamState.QOS_NACK_LOCAL;
import static io.securestreams.stream.StreamState.QOS_NACK_REMOTE;
import static io.securestreams.stream.StreamState.SERVER_TXN;
import static io.securestreams.stream.StreamState.SERVER_UPGRADE;
import static io.securestreams.stream.StreamState.SINK_JOIN;
import static io.securestreams.stream.StreamState.SINK_PART;
import static io.securestreams.stream.StreamState.TIMEOUT;
import static io.securestreams.stream.StreamState.UNREACHABLE;
import static io.securestreams.stream.StreamState.UPSTREAM_LINK_RETRY;

/**
 * What may be announced after what: the published table of the stream life cycle, with
 * the additions that follow from where we differ on purpose.
 */
public final class StateRules {

	/** Delivered from any state, and not remembered as the last one. */
	private static final Set<StreamState> EXEMPT = Collections
		.unmodifiableSet(EnumSet.of(EVENT_WAIT_CANCELLED, UPSTREAM_LINK_RETRY, SINK_JOIN, SINK_PART));

	private static final Map<StreamState, Set<StreamState>> NEXT = new EnumMap<>(StreamState.class);

	static {
		allow(CREATING, CONNECTING, TIMEOUT, POLL, SERVER_UPGRADE, DESTROYING);
		allow(DISCONNECTED, CONNECTING, CONNECTED, TIMEOUT, POLL, DESTROYING, UNREACHABLE);
		allow(UNREACHABLE, ALL_RETRIES_FAILED, TIMEOUT, POLL, UNREACHABLE, CONNECTING, CONNECTED, DESTROYING);
		allow(AUTH_FAILED, ALL_RETRIES_FAILED, TIMEOUT, CONNECTING, DESTROYING);
		allow(CONNECTED, SERVER_UPGRADE, SERVER_TXN, AUTH_FAILED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, QOS_ACK_LOCAL,
				QOS_NACK_LOCAL, DISCONNECTED, TIMEOUT, CONNECTING, POLL, DESTROYING);
		allow(CONNECTING, UNREACHABLE, AUTH_FAILED, CONNECTING, CONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, TIMEOUT,
				POLL, ALL_RETRIES_FAILED, DISCONNECTED, DESTROYING);
		allow(POLL, CONNECTING, TIMEOUT, ALL_RETRIES_FAILED, DESTROYING);
		allow(ALL_RETRIES_FAILED, CONNECTING, POLL, TIMEOUT, UNREACHABLE, DESTROYING);
		allow(QOS_ACK_REMOTE, DISCONNECTED, TIMEOUT, CONNECTING, DESTROYING, QOS_ACK_REMOTE, QOS_NACK_REMOTE);
		allow(QOS_NACK_REMOTE, DISCONNECTED, TIMEOUT, DESTROYING, QOS_ACK_REMOTE, QOS_NACK_REMOTE);
		allow(QOS_ACK_LOCAL, DISCONNECTED, TIMEOUT, DESTROYING);
		allow(QOS_NACK_LOCAL, DESTROYING, TIMEOUT);
		allow(TIMEOUT, CONNECTING, CONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, POLL, TIMEOUT, DISCONNECTED, UNREACHABLE,
				DESTROYING);
		allow(SERVER_TXN, DISCONNECTED, TIMEOUT, SERVER_TXN, DESTROYING);
		allow(SERVER_UPGRADE, SERVER_UPGRADE, SERVER_TXN, TIMEOUT, DISCONNECTED, DESTROYING);

		// A connection is lost and its retries are used up (or there are none): the
		// published table has no way to say so after DISCONNECTED has been announced
		allow(DISCONNECTED, ALL_RETRIES_FAILED);
		// connect() with an endpoint that cannot be expanded gives up without CONNECTING
		// and without POLL, from wherever the stream was
		allow(CREATING, ALL_RETRIES_FAILED);
		allow(ALL_RETRIES_FAILED, ALL_RETRIES_FAILED);
		// The application's timeout may expire at any time, and then what was going on
		// goes on
		allow(TIMEOUT, ALL_RETRIES_FAILED, AUTH_FAILED, QOS_ACK_LOCAL, QOS_NACK_LOCAL, SERVER_TXN, SERVER_UPGRADE);
		// Other credentials may be there at the next attempt, which a retry announces
		// with
		// POLL; and what had been CONNECTED is DISCONNECTED whatever it ended of
		allow(AUTH_FAILED, POLL, DISCONNECTED);
		// The upgrade is announced on the accepted stream, which is CONNECTING until the
		// handshake is done, or CONNECTED if it has served requests before
		allow(CONNECTING, SERVER_UPGRADE);
		allow(SERVER_UPGRADE, CONNECTED);
		allow(SERVER_TXN, SERVER_UPGRADE);
	}

	private StateRules() {
	}

	/**
	 * Whether a state may be announced.
	 * @param last the last state that was not exempt, {@code null} before the first
	 * @param next the state to announce
	 * @return {@code false} if that would be a defect of ours
	 */
	public static boolean allows(@Nullable StreamState last, StreamState next) {
		if (isExempt(next)) {
			return last != DESTROYING && (last != null || next == SINK_JOIN);
		}
		if (last == null) {
			return next == CREATING || next == DESTROYING;
		}
		Set<StreamState> allowed = NEXT.get(last);
		return allowed != null && allowed.contains(next);
	}

	/**
	 * Whether a state is delivered from any other and does not become the last state.
	 * @param state a state
	 * @return {@code true} for wake-ups, link retries and sink events
	 */
	static boolean isExempt(StreamState state) {
		return EXEMPT.contains(state);
	}

	private static void allow(StreamState last, StreamState... next) {
		NEXT.computeIfAbsent(last, (key) -> EnumSet.noneOf(StreamState.class)).addAll(List.of(next));
	}

}
