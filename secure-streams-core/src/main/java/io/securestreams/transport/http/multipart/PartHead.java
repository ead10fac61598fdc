package io.securestreams.transport.http.multipart;

import io.securestreams.stream.MessagePart;
import org.jspecify.annotations.Nullable;

/**
 * Understands the head of a part of a multipart body (RFC 7578 section 4).
 */
final class PartHead {

	private PartHead() {
	}

	/**
	 * Reads a head.
	 * @param head its lines
	 * @return what it says; of a field that is there twice, the first
	 */
	static MessagePart parse(String head) {
		String disposition = null;
		String contentType = null;
		// A line that starts with a blank goes on with the one before
		for (String line : head.split("\r\n(?![ \t])")) {
			int colon = line.indexOf(':');
			if (colon <= 0) {
				continue;
			}
			String name = line.substring(0, colon);
			String value = line.substring(colon + 1).strip();
			if (disposition == null && name.equalsIgnoreCase("content-disposition")) {
				disposition = value;
			}
			else if (contentType == null && name.equalsIgnoreCase("content-type")) {
				contentType = value;
			}
		}
		return new MessagePart(parameter(disposition, "name"), parameter(disposition, "filename"), contentType);
	}

	/**
	 * Finds a parameter of a field value (RFC 9110 section 5.6.6).
	 * @param value the value, or {@code null}
	 * @param name the parameter
	 * @return its value without quotes, or {@code null} if it is not there
	 */
	static @Nullable String parameter(@Nullable String value, String name) {
		if (value == null) {
			return null;
		}
		int at = next(value, 0);
		while (at < value.length()) {
			int end = next(value, at + 1);
			String parameter = value.substring(at + 1, end).strip();
			int equals = parameter.indexOf('=');
			if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase(name)) {
				return unquoted(parameter.substring(equals + 1).strip());
			}
			at = end;
		}
		return null;
	}

	/** The next semicolon that is not inside quotes. */
	private static int next(String value, int from) {
		boolean quoted = false;
		for (int i = from; i < value.length(); i++) {
			char character = value.charAt(i);
			if (character == '"') {
				quoted = !quoted;
			}
			else if (quoted && isEscape(value, i)) {
				i++;
			}
			else if (!quoted && character == ';') {
				return i;
			}
		}
		return value.length();
	}

	/** Old browsers send paths with backslashes that escape nothing. */
	private static boolean isEscape(String value, int at) {
		return value.charAt(at) == '\\' && at + 1 < value.length()
				&& (value.charAt(at + 1) == '"' || value.charAt(at + 1) == '\\');
	}

	private static String unquoted(String text) {
		if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
			return text;
		}
		StringBuilder plain = new StringBuilder(text.length());
		for (int i = 1; i < text.length() - 1; i++) {
			if (isEscape(text, i) && i + 1 < text.length() - 1) {
				i++;
			}
			plain.append(text.charAt(i));
		}
		return plain.toString();
	}

}
