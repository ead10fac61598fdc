package io.securestreams.stream;

import org.jspecify.annotations.Nullable;

/**
 * Advisory state that a stream reports; README sections "Secure Streams CLIENT / SERVER
 * State lifecycle". The codes travel in the proxy protocol. Codes from
 * {@value #FIRST_USER_STATE} are user states of a policy's {@code http_resp_map}; they
 * reach {@link StreamHandler#onUserState}.
 */
public enum StreamState {

	/**
	 * The stream exists; set metadata, ask for a connection. Always the first, but for
	 * {@link #SINK_JOIN} at a sink.
	 */
	CREATING(1),
	/** A connection that had been {@link #CONNECTED} is gone. */
	DISCONNECTED(2),
	/** A connection attempt failed. */
	UNREACHABLE(3),
	/**
	 * The peer does not accept our credentials: in place of {@link #UNREACHABLE}, or
	 * before {@link #DISCONNECTED}.
	 */
	AUTH_FAILED(4),
	/** The stream is usable. */
	CONNECTED(5),
	/** A connection attempt is about to start. */
	CONNECTING(6),
	/** The last event of a stream. */
	DESTROYING(7),
	/** A connection attempt is about to start because there is something to send. */
	POLL(8),
	/**
	 * The retries of the policy are used up; the stream is idle until it is asked again.
	 */
	ALL_RETRIES_FAILED(9),
	/** The peer accepted the transaction or message. */
	QOS_ACK_REMOTE(10),
	/** The peer rejected the transaction or message. */
	QOS_NACK_REMOTE(11),
	/** The proxy accepted the message. */
	QOS_ACK_LOCAL(12),
	/** The proxy rejected the message. */
	QOS_NACK_LOCAL(13),
	/** The timeout the application started has expired. */
	TIMEOUT(14),
	/** Server: a request has arrived and wants an answer. */
	SERVER_TXN(15),
	/**
	 * Server: a client asks for a WebSocket; metadata tells what it asks. It gets it once
	 * the handler has returned, with metadata headers in the response. Before that the
	 * handler may refuse, with {@code reject()} or {@code acknowledge(status)} of 300 and
	 * more, or 403 with {@code disconnect()} or {@code close()}; and a handler that has
	 * to find out first takes its time with {@code pauseReceiving()}: then the client
	 * waits for {@code acknowledge()}, a refusal or {@code resumeReceiving()}.
	 */
	SERVER_UPGRADE(16),
	/** The application woke the engine. */
	EVENT_WAIT_CANCELLED(17),
	/** The link to the proxy is being retried. */
	UPSTREAM_LINK_RETRY(18),
	/** Sink: a source wants to join; closing the stream now refuses it. */
	SINK_JOIN(19),
	/** Sink: the source that had joined has left. */
	SINK_PART(20);

	/** Lowest code of a user state. */
	public static final int FIRST_USER_STATE = 1000;

	private static final @Nullable StreamState[] BY_CODE = byCode();

	private final int code;

	StreamState(int code) {
		this.code = code;
	}

	/**
	 * Returns the number of the state in the proxy protocol.
	 * @return 1 to 20
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Finds a state by its number.
	 * @param code a number
	 * @return the state, or {@code null} if the number is none (user states included)
	 */
	public static @Nullable StreamState ofCode(int code) {
		return (code > 0 && code < BY_CODE.length) ? BY_CODE[code] : null;
	}

	private static @Nullable StreamState[] byCode() {
		@Nullable StreamState[] states = new StreamState[values().length + 1];
		for (StreamState state : values()) {
			states[state.code] = state;
		}
		return states;
	}

}
