package io.securestreams.engine.stream;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * What a stream or listener is called: nobody else has its name. May be used from any
 * thread.
 */
public sealed class StreamName permits StreamCalls {

	private static final AtomicLong SERIALS = new AtomicLong();

	private final String streamType;

	private final long serial;

	/** Made when somebody asks: most requests to a server come and go unnamed. */
	private @Nullable String id;

	StreamName(String streamType, long serial) {
		this.streamType = streamType;
		this.serial = serial;
	}

	/**
	 * Makes the name of a new stream or listener.
	 * @param streamType the streamtype
	 * @return a name nobody else has
	 */
	public static StreamName next(String streamType) {
		return new StreamName(streamType, nextSerial());
	}

	static long nextSerial() {
		return SERIALS.incrementAndGet();
	}

	/**
	 * Returns the streamtype.
	 * @return its name
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns the number.
	 * @return unique in the process, counts up
	 */
	public final long serial() {
		return this.serial;
	}

	/**
	 * Returns streamtype and number, for people, logs and URLs.
	 * @return for example {@code mintest-3}
	 */
	public String id() {
		// Several threads may make it, the same each
		String known = this.id;
		if (known == null) {
			known = this.streamType + "-" + this.serial;
			this.id = known;
		}
		return known;
	}

	@Override
	public final boolean equals(Object other) {
		return other instanceof StreamName name && name.serial == this.serial;
	}

	@Override
	public final int hashCode() {
		return Long.hashCode(this.serial);
	}

	@Override
	public final String toString() {
		return id();
	}

}
