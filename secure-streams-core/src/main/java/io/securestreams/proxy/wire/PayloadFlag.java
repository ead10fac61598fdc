package io.securestreams.proxy.wire;

/**
 * Bits of {@link PayloadHead#flags()}.
 */
public final class PayloadFlag {

	/** A message starts. */
	public static final int SOM = 0x01;

	/** The message is complete. */
	public static final int EOM = 0x02;

	/** Nothing is really sent. */
	public static final int POLL = 0x04;

	/** A group of related messages starts. */
	public static final int RELATED_START = 0x08;

	/** A group of related messages ends. */
	public static final int RELATED_END = 0x10;

	/** The name of a streamtype comes before the payload. */
	public static final int RIDESHARE = 0x20;

	/** Not payload but timings of the connection. */
	public static final int PERF_JSON = 0x40;

	private PayloadFlag() {
	}

}
