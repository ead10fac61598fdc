package io.securestreams.proxy.wire;

/**
 * ONWARD_CONNECT: the client wants the stream connected.
 */
public record OnwardConnect() implements ClientFrame {

	/** The only one. */
	public static final OnwardConnect INSTANCE = new OnwardConnect();

}
