package io.securestreams.policy.json.text;

/**
 * Commas before the end of an array or object. The original takes no notice of them, so
 * policies have them; JSON does not.
 */
public final class TrailingCommas {

	private static final int NONE = -1;

	private final char[] text;

	private final int length;

	private TrailingCommas(SourceText source) {
		this.text = source.chars();
		this.length = source.length();
	}

	/**
	 * Finds them all, and reports each.
	 * @return whether there was one
	 */
	public static boolean report(SourceText source, Problems problems) {
		return new TrailingCommas(source).report(problems);
	}

	private boolean report(Problems problems) {
		boolean found = false;
		int comma = NONE;
		for (int i = 0; i < this.length; i++) {
			char c = this.text[i];
			if (c <= ' ') {
				continue;
			}
			int next = afterComment(i);
			if (next > i) {
				i = next - 1;
				continue;
			}
			if (comma >= 0 && (c == ']' || c == '}')) {
				found = true;
				problems.warningAt(comma, "a comma before \"" + c + "\", which is taken as if it were not there",
						"none after the last entry");
			}
			comma = (c == ',') ? i : NONE;
			if (c == '"') {
				i = endOfString(i);
			}
		}
		return found;
	}

	/** Where a comment that starts here ends, or the same place if none does. */
	private int afterComment(int from) {
		char c = this.text[from];
		char next = (from + 1 < this.length) ? this.text[from + 1] : 0;
		if (c == '#' || (c == '/' && next == '/')) {
			int at = from;
			while (at < this.length && this.text[at] != '\n' && this.text[at] != '\r') {
				at++;
			}
			return at;
		}
		if (c == '/' && next == '*') {
			int at = from + 2;
			while (at + 1 < this.length && (this.text[at] != '*' || this.text[at + 1] != '/')) {
				at++;
			}
			return Math.min(at + 2, this.length);
		}
		return from;
	}

	private int endOfString(int from) {
		int at = from + 1;
		while (at < this.length && this.text[at] != '"') {
			at += (this.text[at] == '\\') ? 2 : 1;
		}
		return at;
	}

}
