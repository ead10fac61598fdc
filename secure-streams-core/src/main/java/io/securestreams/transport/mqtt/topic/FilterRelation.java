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
		String[] left = one.split("/", -1);
		String[] right = other.split("/", -1);
		for (int i = 0;; i++) {
			String mine = (i < left.length) ? left[i] : null;
			String its = (i < right.length) ? right[i] : null;
			if ("#".equals(mine) || (!all && "#".equals(its))) {
				return true;
			}
			if (mine == null || its == null) {
				return mine == its;
			}
			boolean same = mine.equals(its) || (mine.equals("+") && !its.equals("#")) || (!all && its.equals("+"));
			if (!same) {
				return false;
			}
		}
	}

	/** Wildcards at the beginning do not mean what starts with a dollar sign. */
	private static boolean isHidden(String wild, String other) {
		return other.startsWith("$") && (wild.startsWith("+") || wild.startsWith("#"));
	}

}
