package io.securestreams.transport.mqtt.frame;

/**
 * Numbers in place of topics that are published to again and again, on one connection
 * (MQTT 5 section 3.3.2.3.4). A topic is known by its array.
 */
final class TopicAliases {

	private static final int MOST = 16;

	private final byte[][] topics;

	private int used;

	private byte[] last = {};

	/**
	 * Makes none.
	 * @param maximum how many the broker takes
	 */
	TopicAliases(int maximum) {
		this.topics = new byte[Math.min(maximum, MOST)][];
	}

	/**
	 * Finds the number of a topic.
	 * @param topic the topic
	 * @return the number; negative if the broker has to be told the topic with it; 0 for
	 * none
	 */
	int find(byte[] topic) {
		for (int i = 0; i < this.used; i++) {
			if (this.topics[i] == topic) {
				return i + 1;
			}
		}
		if (this.last == topic && this.used < this.topics.length) {
			this.topics[this.used++] = topic;
			return -this.used;
		}
		this.last = topic;
		return 0;
	}

}
