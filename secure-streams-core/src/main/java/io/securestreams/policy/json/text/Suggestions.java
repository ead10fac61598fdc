package io.securestreams.policy.json.text;

import java.util.Collection;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Finds what a misspelt name was meant to be.
 */
final class Suggestions {

	private static final int MAX_LENGTH = 48;

	/** What is shorter is near to everything that is as short. */
	private static final int MIN_LENGTH = 3;

	private Suggestions() {
	}

	/**
	 * Finds the known name that is nearest to a misspelt one.
	 * @return the name, or {@code null} if none is near enough
	 */
	static @Nullable String nearest(String name, Collection<String> known) {
		if (name.length() < MIN_LENGTH || name.length() > MAX_LENGTH) {
			return null;
		}
		String misspelt = normalize(name);
		String nearest = null;
		int least = 1 + Math.max(1, name.length() / 3);
		for (String candidate : known) {
			int distance = distance(misspelt, normalize(candidate), least);
			if (distance < least) {
				least = distance;
				nearest = candidate;
			}
		}
		return nearest;
	}

	private static String normalize(String name) {
		return name.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
	}

	/** Insertions, deletions, replacements and swaps of neighbours. */
	private static int distance(String a, String b, int limit) {
		if (Math.abs(a.length() - b.length()) >= limit) {
			return limit;
		}
		int[][] table = new int[a.length() + 1][b.length() + 1];
		for (int i = 0; i <= a.length(); i++) {
			for (int j = 0; j <= b.length(); j++) {
				table[i][j] = (i == 0 || j == 0) ? i + j : cell(table, a, b, i, j);
			}
		}
		return table[a.length()][b.length()];
	}

	private static int cell(int[][] table, String a, String b, int i, int j) {
		int replaced = table[i - 1][j - 1] + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
		int least = Math.min(replaced, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
		if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
			least = Math.min(least, table[i - 2][j - 2] + 1);
		}
		return least;
	}

}
