package io.securestreams.transport.http;

import java.util.Locale;

import io.securestreams.policy.http.HttpToken;

/**
 * What may stand in header fields that are sent (RFC 9110 section 5): the door that keeps
 * request splitting and response splitting out.
 */
public final class FieldRules {

	private FieldRules() {
	}

	/**
	 * Whether text may be host and port of a request (RFC 9110 section 7.2): no user
	 * information, and nothing that others might take for the end of it.
	 * @param text the value of {@code Host} or {@code :authority}
	 * @return {@code false} for blanks, controls, what is not ASCII, and delimiters
	 */
	public static boolean isAuthority(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character <= ' ' || character >= 0x7f || "/?#@\\,\"<>".indexOf(character) >= 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * As {@link #isAuthority(CharSequence)}, of bytes.
	 * @param bytes has the text
	 * @param from index of its first byte
	 * @param to index after its last byte
	 * @return {@code true} if it may be the value of a Host field
	 */
	public static boolean isAuthority(byte[] bytes, int from, int to) {
		for (int i = from; i < to; i++) {
			int octet = bytes[i];
			if (octet <= ' ' || octet >= 0x7f || "/?#@\\,\"<>".indexOf(octet) >= 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Refuses a field that must not be sent.
	 * @param name field name
	 * @param value field value; blanks and tabs are the only controls allowed
	 * @throws InvalidRequestException if either is not allowed
	 */
	public static void check(String name, String value) {
		if (!HttpToken.isToken(name)) {
			throw new InvalidRequestException("header name \"" + printable(name) + "\" (expected: a token)");
		}
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if ((character < ' ' && character != '\t') || character == 0x7f) {
				throw new InvalidRequestException(
						"value of header \"" + name + "\" has a control character (expected: none)");
			}
		}
	}

	/**
	 * Takes off the colon that policies write after header names.
	 * @param entity header name as the policy has it
	 * @return the name without colon and surrounding blanks
	 */
	public static String nameOf(String entity) {
		String name = entity.strip();
		return name.endsWith(":") ? name.substring(0, name.length() - 1).strip() : name;
	}

	/**
	 * Whether a field asks the peer to say whether it wants the body (RFC 9110 section
	 * 10.1.1).
	 * @param name field name in any case
	 * @param value its value
	 * @return {@code true} for {@code Expect: 100-continue}
	 */
	public static boolean isExpectContinue(String name, String value) {
		return name.equalsIgnoreCase("expect") && value.strip().equalsIgnoreCase("100-continue");
	}

	/**
	 * Whether a field carries credentials, which go to no other origin on a redirect.
	 * @param name field name in any case
	 * @return {@code true} for authorization, cookies, and the names that are in use for
	 * keys and tokens
	 */
	public static boolean isCredential(String name) {
		return switch (name.toLowerCase(Locale.ROOT)) {
			case "authorization", "proxy-authorization", "cookie", "cookie2", "x-api-key", "x-auth-token",
					"x-access-token", "x-csrf-token", "x-amz-security-token", "private-token" ->
				true;
			default -> false;
		};
	}

	/**
	 * Whether a field says nothing of who sends it, so that it may follow a redirect to
	 * another origin. Of others nobody knows what they mean there.
	 * @param name field name in any case
	 * @return {@code true} for fields about the content and how it is wanted
	 */
	public static boolean isHarmless(String name) {
		return switch (name.toLowerCase(Locale.ROOT)) {
			case "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-encoding",
					"content-language", "content-type", "expect", "if-match", "if-modified-since", "if-none-match",
					"if-range", "if-unmodified-since", "pragma", "priority", "range", "user-agent" ->
				true;
			default -> false;
		};
	}

	private static String printable(String text) {
		return text.replaceAll("[^\\x20-\\x7e]", "?");
	}

}
