package io.securestreams.transport.http2.frame;

/**
 * Reads numbers of header fields.
 */
public final class Decimals {

	private static final int MAX_DIGITS = 18;

	private Decimals() {
	}

	/**
	 * Reads a number.
	 * @param text digits only
	 * @return its value, or -1 if it is none
	 */
	public static long parse(CharSequence text) {
		int length = text.length();
		if (length == 0 || length > MAX_DIGITS) {
			return -1;
		}
		long value = 0;
		for (int i = 0; i < length; i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				return -1;
			}
			value = value * 10 + digit;
		}
		return value;
	}

}
