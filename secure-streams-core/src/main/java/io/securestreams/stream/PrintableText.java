package io.securestreams.stream;

/**
 * Text that a peer may have had a hand in, for logs and reports: one line, without what
 * commands a terminal or turns the direction of writing.
 */
public final class PrintableText {

	private PrintableText() {
	}

	/**
	 * Escapes what is not to be printed, the way Java does.
	 * @param text any text
	 * @return the same if there is nothing to escape
	 */
	public static String of(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (isUnprintable(text.charAt(i))) {
				return escape(text, i);
			}
		}
		return text;
	}

	/**
	 * Escapes the start of a text, for a line that peers decide about.
	 * @param text any text
	 * @param max most characters of it; what is cut off leaves an ellipsis
	 * @return the start, escaped
	 */
	public static String of(String text, int max) {
		if (text.length() <= max) {
			return of(text);
		}
		int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
		return of(text.substring(0, end)) + "…";
	}

	private static String escape(String text, int first) {
		StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
		for (int i = first; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
				case '\n' -> escaped.append("\\n");
				case '\r' -> escaped.append("\\r");
				case '\t' -> escaped.append("\\t");
				default -> {
					if (isUnprintable(c)) {
						escaped.append(String.format("\\u%04x", (int) c));
					}
					else {
						escaped.append(c);
					}
				}
			}
		}
		return escaped.toString();
	}

	private static boolean isUnprintable(char c) {
		if (c >= ' ' && c < 0x7f) {
			return false;
		}
		// Line and paragraph separators, and marks of direction
		return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e || c == 0x200f
				|| (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	}

}
