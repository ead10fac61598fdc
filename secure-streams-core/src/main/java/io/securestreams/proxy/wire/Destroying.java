package io.securestreams.proxy.wire;

/**
 * DESTROYING: the client ends the stream. Closing the link says the same, and is what
 * clients do.
 */
public record Destroying() implements ClientFrame {

	/** The only one. */
	public static final Destroying INSTANCE = new Destroying();

}
