package io.securestreams.proxy.wire;

/**
 * TIMEOUT_UPDATE: the client starts or cancels the stream's timeout.
 *
 * @param millis ms, 32 bits unsigned; {@value #OF_POLICY} starts the timeout of the
 * policy, {@value #CANCEL} stops it
 */
public record TimeoutUpdate(int millis) implements ClientFrame {

	/** As long as the policy says. */
	public static final int OF_POLICY = 0;

	/** No timeout. */
	public static final int CANCEL = -1;

}
