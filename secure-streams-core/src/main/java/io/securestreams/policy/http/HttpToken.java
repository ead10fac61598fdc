package io.securestreams.policy.http;

/**
 * The tokens of HTTP (RFC 9110 section 5.6.2): what methods, header names and
 * subprotocols of WebSocket are made of. The one place that says which characters they
 * have.
 */
public final class HttpToken {

	private static final String SYMBOLS = "!#$%&'*+-.^_`|~";

	private static final boolean[] CHARACTERS = characters();

	private HttpToken() {
	}

	/**
	 * Whether text is a token.
	 * @param text the text
	 * @return {@code true} for one token character or more and nothing else
	 */
	public static boolean isToken(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			if (!isTokenCharacter(text.charAt(i))) {
				return false;
			}
		}
		return text.length() > 0;
	}

	/**
	 * Whether a character may stand in a token.
	 * @param character the character, or an unsigned byte
	 * @return {@code false} for delimiters, blanks, controls and what is not ASCII
	 */
	public static boolean isTokenCharacter(int character) {
		return character < CHARACTERS.length && CHARACTERS[character];
	}

	private static boolean[] characters() {
		boolean[] table = new boolean[128];
		for (int i = 0; i < table.length; i++) {
			table[i] = (i >= '0' && i <= '9') || (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z')
					|| SYMBOLS.indexOf(i) >= 0;
		}
		return table;
	}

}
