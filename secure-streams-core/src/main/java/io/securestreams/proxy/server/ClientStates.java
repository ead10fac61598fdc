package io.securestreams.proxy.server;

import java.util.ArrayList;
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
import static io.securestreams.stream.StreamState.DISCONNECTED;
import static io.securestreams.stream.StreamState.POLL;
import static io.securestreams.stream.StreamState.QOS_ACK_REMOTE;
import static io.securestreams.stream.StreamState.QOS_NACK_REMOTE;
import static io.securestreams.stream.StreamState.TIMEOUT;
import static io.securestreams.stream.StreamState.UNREACHABLE;

/**
 * Which states a client is told. One of libwebsockets destroys its stream over a state
 * that its table does not have after the one before, and asks for another connection only
 * after {@code DISCONNECTED}, {@code UNREACHABLE} or {@code AUTH_FAILED}. Where our
 * streams go a shorter way, the missing states are put in.
 */
final class ClientStates {

	/** States of a process of its own, which never travel. */
	private static final Set<StreamState> OURS = Collections
		.unmodifiableSet(EnumSet.of(StreamState.DESTROYING, StreamState.EVENT_WAIT_CANCELLED,
				StreamState.UPSTREAM_LINK_RETRY, StreamState.SINK_JOIN, StreamState.SINK_PART));

	private static final Map<StreamState, Set<StreamState>> NEXT = new EnumMap<>(StreamState.class);

	static {
		allow(CREATING, CONNECTING, POLL, TIMEOUT);
		allow(DISCONNECTED, CONNECTING, CONNECTED, UNREACHABLE, POLL, TIMEOUT);
		allow(UNREACHABLE, ALL_RETRIES_FAILED, POLL, CONNECTING, CONNECTED, UNREACHABLE, TIMEOUT);
		allow(AUTH_FAILED, ALL_RETRIES_FAILED, CONNECTING, TIMEOUT);
		allow(CONNECTED, DISCONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, AUTH_FAILED, POLL, CONNECTING, TIMEOUT);
		allow(CONNECTING, CONNECTED, UNREACHABLE, AUTH_FAILED, CONNECTING, DISCONNECTED, POLL, ALL_RETRIES_FAILED,
				QOS_ACK_REMOTE, QOS_NACK_REMOTE, TIMEOUT);
		allow(POLL, CONNECTING, ALL_RETRIES_FAILED, TIMEOUT);
		allow(ALL_RETRIES_FAILED, CONNECTING, POLL, UNREACHABLE, TIMEOUT);
		allow(QOS_ACK_REMOTE, DISCONNECTED, CONNECTING, QOS_ACK_REMOTE, QOS_NACK_REMOTE, TIMEOUT);
		allow(QOS_NACK_REMOTE, DISCONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, TIMEOUT);
		allow(TIMEOUT, CONNECTING, CONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, POLL, TIMEOUT, DISCONNECTED,
				UNREACHABLE);
	}

	/** The last one told, which user states leave alone. */
	private @Nullable StreamState last;

	/**
	 * Returns what the client is to be told.
	 * @param next the state the stream is in now
	 * @return the states, in order; none if it is not for the client
	 */
	List<StreamState> next(StreamState next) {
		List<StreamState> told = new ArrayList<>(3);
		if (next == CREATING) {
			if (this.last == null) {
				told.add(CREATING);
			}
		}
		else if (next == ALL_RETRIES_FAILED) {
			if (this.last != UNREACHABLE && this.last != AUTH_FAILED) {
				goTo(UNREACHABLE, this.last, told);
			}
			told.add(ALL_RETRIES_FAILED);
		}
		else {
			goTo(next, this.last, told);
		}
		if (!told.isEmpty()) {
			this.last = told.get(told.size() - 1);
		}
		return told;
	}

	private static void goTo(StreamState next, @Nullable StreamState from, List<StreamState> told) {
		if (allows(from, next)) {
			told.add(next);
		}
		else if (next == UNREACHABLE && from == CONNECTED) {
			// It has been told so early that the request could fail yet
			told.add(DISCONNECTED);
			told.add(UNREACHABLE);
		}
		else if (next != POLL && next != DISCONNECTED && allows(from, CONNECTING) && allows(CONNECTING, next)) {
			told.add(CONNECTING);
			told.add(next);
		}
	}

	/** Whether a state says nothing to clients. */
	static boolean isOurs(StreamState state) {
		return OURS.contains(state);
	}

	static boolean allows(@Nullable StreamState last, StreamState next) {
		if (last == null) {
			return next == CREATING;
		}
		Set<StreamState> allowed = NEXT.get(last);
		return allowed != null && allowed.contains(next);
	}

	private static void allow(StreamState last, StreamState... next) {
		NEXT.put(last, EnumSet.copyOf(List.of(next)));
	}

}
