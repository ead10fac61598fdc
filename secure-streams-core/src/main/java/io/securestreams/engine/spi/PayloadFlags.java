package io.securestreams.engine.spi;

/**
 * Marks on payload between engine and transports; the values of the proxy protocol.
 */
public final class PayloadFlags {

	/** First part of a message. */
	public static final int SOM = 1;

	/** Last part of a message. */
	public static final int EOM = 2;

	/** A group of related messages starts. */
	public static final int RELATED_START = 8;

	/** A group of related messages ends. */
	public static final int RELATED_END = 16;

	/** Connection timing JSON. */
	public static final int PERF = 64;

	private PayloadFlags() {
	}

}
