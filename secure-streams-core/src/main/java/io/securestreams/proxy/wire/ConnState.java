package io.securestreams.proxy.wire;

/**
 * CONNSTATE: a state of the stream.
 *
 * @param state 1 and up, 32 bits unsigned; from 1000 on what a policy has made of an
 * answer's code
 * @param ordinal what the state is about, 32 bits unsigned
 */
public record ConnState(int state, int ordinal) implements ProxyFrame {

	/**
	 * Ordinal of CONNECTED, between our own ends: not connected, but the request can take
	 * its body. CONNECTED comes once more, when it is answered.
	 */
	public static final int BODY_WANTED = 1;

	/** The largest state that travels in one byte. */
	static final int MAX_SHORT_STATE = 255;

}
