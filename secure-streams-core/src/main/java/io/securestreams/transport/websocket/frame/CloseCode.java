package io.securestreams.transport.websocket.frame;

/**
 * Status codes of close frames (RFC 6455 section 7.4 and the IANA registry).
 */
public final class CloseCode {

	public static final int NORMAL = 1000;

	public static final int GOING_AWAY = 1001;

	public static final int PROTOCOL_ERROR = 1002;

	/** Never sent: the peer's close frame had no code. */
	static final int NONE = 1005;

	static final int BAD_DATA = 1007;

	static final int POLICY_VIOLATION = 1008;

	static final int TOO_BIG = 1009;

	public static final int INTERNAL_ERROR = 1011;

	private CloseCode() {
	}

	/** Whether a peer may send this code. */
	static boolean isValid(int code) {
		return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
	}

}
