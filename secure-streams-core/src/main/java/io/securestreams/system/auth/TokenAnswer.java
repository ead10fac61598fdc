package io.securestreams.system.auth;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a token server answers (RFC 6749 section 5). Never printed.
 *
 * @param accessToken the token, or empty if there is none
 * @param lifetime how long it is valid, or {@code null} if the server does not say
 * @param refreshToken takes the place of the refresh token, or empty
 * @param problem why there is no token, in words that have no secret in them
 */
record TokenAnswer(String accessToken, @Nullable Duration lifetime, String refreshToken, String problem) {

	/** Longest token, characters. */
	private static final int MAX_LENGTH = 16 * 1024;

	/** Longest life, seconds: more is as good as for ever. */
	private static final long MAX_SECONDS = Duration.ofDays(3650).toSeconds();

	/**
	 * Reads an answer that grants a token.
	 * @param body its body
	 */
	static TokenAnswer granted(byte[] body) {
		Map<String, String> members;
		try {
			members = JsonMembers.of(body);
		}
		catch (IllegalArgumentException ex) {
			return none("the answer is no JSON object");
		}
		String token = members.getOrDefault("access_token", "");
		String type = members.getOrDefault("token_type", "bearer");
		String refresh = members.getOrDefault("refresh_token", "");
		if (!isText(token) || token.isEmpty()) {
			return none(members.containsKey("access_token") ? "the access_token is malformed"
					: "the answer has no access_token");
		}
		if (!type.equalsIgnoreCase("bearer")) {
			return none("the token is of another type than bearer");
		}
		String seconds = members.get("expires_in");
		if (seconds == null) {
			return new TokenAnswer(token, null, isText(refresh) ? refresh : "", "");
		}
		if (!seconds.matches("[1-9]\\d{0,99}(\\.\\d{1,99})?")) {
			return none("expires_in is malformed (expected: seconds, 1 or more)");
		}
		long whole = (long) Math.min(Double.parseDouble(seconds), (double) MAX_SECONDS);
		return new TokenAnswer(token, Duration.ofSeconds(whole), isText(refresh) ? refresh : "", "");
	}

	/**
	 * Reads an answer that refuses.
	 * @param body its body
	 */
	static TokenAnswer refused(byte[] body) {
		String code = "";
		try {
			code = JsonMembers.of(body).getOrDefault("error", "");
		}
		catch (IllegalArgumentException ex) {
			// Then without a reason
		}
		// The description is free text, which may repeat what was sent
		return none("the token server refuses" + (code.matches("[a-zA-Z0-9_.-]{1,64}") ? ": " + code : ""));
	}

	static TokenAnswer none(String problem) {
		return new TokenAnswer("", null, "", problem);
	}

	/** What may stand in a header field. */
	private static boolean isText(String token) {
		return token.length() <= MAX_LENGTH
				&& token.chars().allMatch((character) -> character > ' ' && character < 0x7f);
	}

	@Override
	public String toString() {
		return "TokenAnswer[" + (this.accessToken.isEmpty() ? this.problem : "***") + "]";
	}

}
