package io.securestreams.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a stream or listener is called.
 *
 * @param streamType the streamtype
 * @param serial unique in the process, counts up
 * @param id both, for people, logs and URLs
 */
record StreamName(String streamType, long serial, String id) {

	private static final AtomicLong SERIALS = new AtomicLong();

	static StreamName next(String streamType) {
		long serial = SERIALS.incrementAndGet();
		return new StreamName(streamType, serial, streamType + "-" + serial);
	}

}
