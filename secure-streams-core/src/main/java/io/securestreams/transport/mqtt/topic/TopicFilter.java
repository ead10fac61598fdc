package io.securestreams.transport.mqtt.topic;

/**
 * Rules of topics and topic filters (MQTT 3.1.1 section 4.7).
 */
public final class TopicFilter {

	static final String SHARED = "$share/";

	private TopicFilter() {
	}

	/**
	 * Checks a topic that is to be published to.
	 * @param topic the topic
	 * @throws IllegalArgumentException if it is none
	 */
	public static void requireTopic(String topic) {
		if (topic.isEmpty()) {
			throw new IllegalArgumentException("an empty topic");
		}
		if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
			throw new IllegalArgumentException("a topic with a wildcard (expected: neither + nor #)");
		}
	}

	/**
	 * Checks a topic filter.
	 * @param filter the filter
	 * @throws IllegalArgumentException if it is none
	 */
	public static void requireFilter(String filter) {
		String pattern = pattern(filter);
		if (pattern.isEmpty()) {
			throw new IllegalArgumentException("an empty topic filter");
		}
		String[] levels = pattern.split("/", -1);
		for (int i = 0; i < levels.length; i++) {
			String level = levels[i];
			boolean wild = level.indexOf('+') >= 0 || level.indexOf('#') >= 0;
			boolean last = i == levels.length - 1;
			if (wild && !level.equals("+") && !(level.equals("#") && last)) {
				throw new IllegalArgumentException(
						"a topic filter with a wildcard inside (expected: + as a level, # as the last one)");
			}
		}
	}

	/**
	 * Returns what topics are compared with.
	 * @param filter a filter
	 * @return the filter, without the name of a shared subscription (MQTT 5 section
	 * 4.8.2)
	 * @throws IllegalArgumentException if the name is missing
	 */
	static String pattern(String filter) {
		if (!filter.startsWith(SHARED)) {
			return filter;
		}
		int end = filter.indexOf('/', SHARED.length());
		String name = (end > 0) ? filter.substring(SHARED.length(), end) : "";
		if (name.isEmpty() || name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
			throw new IllegalArgumentException("a shared subscription without a name (expected: $share/name/filter)");
		}
		return filter.substring(end + 1);
	}

}
