package io.securestreams.proxy.wire;

/**
 * PERF: timings of a connection.
 *
 * @param json text, 1 byte or more of UTF-8; older proxies cut it after 5
 */
public record Perf(String json) implements ProxyFrame {

	/** Refuses what cannot be sent. */
	public Perf {
		if (json.isEmpty() || Names.length(json) > FrameType.MAX_BODY) {
			throw new IllegalArgumentException("Timings of " + json.length() + " characters");
		}
	}

}
