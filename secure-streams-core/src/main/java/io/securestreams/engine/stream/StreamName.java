package io.securestreams.engine.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a stream or listener is called.
 *
 * @param streamType the streamtype
 * @param serial unique in the process, counts up
 * @param id both, for people, logs and URLs
 */
public record StreamName(String streamType, long serial, String id) {

	private static final AtomicLong SERIALS = new AtomicLong();

	/**
	 * Makes the name of a new stream or listener.
	 * @param streamType the streamtype
	 * @return a name nobody else has
	 */
	public static StreamName next(String streamType) {
		long serial = SERIALS.incrementAndGet();
		return new StreamName(streamType, serial, streamType + "-" + serial);
	}

}
