package io.securestreams.policy.json.text;

/**
 * Texts from a document made fit for a one-line message.
 */
public final class Quoted {

	private static final int MAX_LENGTH = 64;

	private Quoted() {
	}

	/**
	 * Quotes a text: in double quotes, shortened, control characters escaped.
	 */
	public static String of(String text) {
		return '"' + shorten(text) + '"';
	}

	public static String shorten(String text) {
		int length = Math.min(text.length(), MAX_LENGTH);
		StringBuilder shortened = new StringBuilder(length + 8);
		for (int i = 0; i < length; i++) {
			append(shortened, text.charAt(i));
		}
		if (length < text.length()) {
			shortened.append("...");
		}
		return shortened.toString();
	}

	private static void append(StringBuilder to, char c) {
		if (c == '"' || c == '\\') {
			to.append('\\').append(c);
		}
		else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isBidirectionalControl(c)) {
			to.append(String.format("\\u%04x", (int) c));
		}
		else {
			to.append(c);
		}
	}

	/** Those that can make a line of a log read as something else. */
	private static boolean isBidirectionalControl(char c) {
		return c == '\u200e' || c == '\u200f' || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
	}

}
