package io.securestreams.transport.mqtt.topic;

/**
 * How topic filters lie to each other.
 */
public final class FilterRelation {

	private FilterRelation() {
	}

	/**
	 * Whether a filter has a wildcard.
	 * @param filter a valid filter
	 * @return whether it matches more than one topic
	 */
	public static boolean isWild(String filter) {
		return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
	}

	/**
	 * Whether a filter is that of a shared subscription, whose messages its sharers
	 * divide among them.
	 * @param filter a valid filter
	 * @return whether it starts with {@code $share/}
	 */
	public static boolean isShared(String filter) {
		return filter.startsWith(TopicFilter.SHARED);
	}

	/**
	 * Whether all topics of a filter are topics of another one.
	 * @param wide the other one, not of a shared subscription
	 * @param narrow the filter, not of a shared subscription
	 * @return {@code true} also if they are equal
	 */
	public static boolean covers(String wide, String narrow) {
		return compare(wide, narrow, true);
	}

	/**
	 * Whether there are topics that both filters match.
	 * @param one a filter
	 * @param other a filter
	 * @return {@code true} also if they are equal
	 */
	public static boolean overlap(String one, String other) {
		return compare(TopicFilter.pattern(one), TopicFilter.pattern(other), false);
	}

	private static boolean compare(String one, String other, boolean all) {
		if (isHidden(one, other) || isHidden(other, one)) {
			return false;
		}
		int i = 0;
		int j = 0;
		while (true) {
			if (isLevel(one, i, '#') || (!all && isLevel(other, j, '#'))) {
				return true;
			}
			if (i > one.length() || j > other.length()) {
				return i > one.length() && j > other.length();
			}
			int iEnd = end(one, i);
			int jEnd = end(other, j);
			boolean same = (iEnd - i == jEnd - j && one.regionMatches(i, other, j, iEnd - i))
					|| (isLevel(one, i, '+') && !isLevel(other, j, '#')) || (!all && isLevel(other, j, '+'));
			if (!same) {
				return false;
			}
			i = iEnd + 1;
			j = jEnd + 1;
		}
	}

	private static boolean isLevel(String filter, int start, char wildcard) {
		return start < filter.length() && filter.charAt(start) == wildcard && end(filter, start) == start + 1;
	}

	private static int end(String filter, int start) {
		int end = filter.indexOf('/', start);
		return (end >= 0) ? end : filter.length();
	}

	/** Wildcards at the beginning do not mean what starts with a dollar sign. */
	private static boolean isHidden(String wild, String other) {
		return other.startsWith("$") && (wild.startsWith("+") || wild.startsWith("#"));
	}

}
