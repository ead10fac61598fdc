package io.securestreams.policy;

/**
 * How packets of a streamtype are marked, policy keys {@code attr_*}.
 *
 * @param priority {@code SO_PRIORITY}, 0 (normal) to 7 ({@code attr_priority}); 7 needs a
 * privilege
 * @param lowLatency ToS "low delay", 0x10 ({@code attr_low_latency})
 * @param highThroughput ToS "throughput", 0x08 ({@code attr_high_throughput})
 * @param highReliability ToS "reliability", 0x04 ({@code attr_high_reliability})
 * @param lowCost ToS "low cost", 0x02 ({@code attr_low_cost})
 */
public record TrafficClass(int priority, boolean lowLatency, boolean highThroughput, boolean highReliability,
		boolean lowCost) {

	/** Nothing marked. */
	public static final TrafficClass NORMAL = new TrafficClass(0, false, false, false, false);

	public TrafficClass {
		if (priority < 0 || priority > 7) {
			throw new IllegalArgumentException("attr_priority: " + priority + " (expected: 0..7)");
		}
	}

	/**
	 * Returns the IP type of service octet, the flags' bits ORed.
	 * @return the value for {@code IP_TOS}; 0 when no flag is set
	 */
	public int ipTos() {
		return (this.lowLatency ? 0x10 : 0) | (this.highThroughput ? 0x08 : 0) | (this.highReliability ? 0x04 : 0)
				| (this.lowCost ? 0x02 : 0);
	}

}
