package io.securestreams.system.auth;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;

/**
 * What a token server is asked. Never printed.
 */
final class TokenRequest {

	private static final String GRANT = "grant_type=";

	/** Option of the streamtype that fetches tokens: which rights are asked for. */
	private static final String SCOPE = "scope";

	private final String body;

	/** Metadata that takes the client's password, or {@code null} if the body has it. */
	private final @Nullable String authorization;

	private final String password;

	private TokenRequest(String body, @Nullable String authorization, String password) {
		this.body = body;
		this.authorization = authorization;
		this.password = password;
	}

	/**
	 * Makes the request of a scheme. A blob that is a form goes out as it is. For
	 * {@value AuthScheme#CLIENT_CREDENTIALS} it may be {@code id:secret} instead, which
	 * is sent as HTTP Basic where the streamtype has metadata for {@code authorization},
	 * else in the form (RFC 6749 section 2.3.1).
	 * @param scheme the scheme
	 * @param blob the blob that holds what the token is asked for with
	 * @param fetcher policy of the streamtype that asks
	 * @return the request, or {@code null} if the blob is neither
	 */
	static @Nullable TokenRequest of(AuthScheme scheme, String blob, StreamPolicy fetcher) {
		if (blob.contains(GRANT)) {
			return new TokenRequest(blob, null, "");
		}
		int colon = blob.indexOf(':');
		if (!scheme.type().equals(AuthScheme.CLIENT_CREDENTIALS) || colon <= 0) {
			return null;
		}
		String id = encode(blob.substring(0, colon));
		String secret = encode(blob.substring(colon + 1));
		StringBuilder form = new StringBuilder(GRANT).append("client_credentials");
		String scope = fetcher.features().options().getOrDefault(SCOPE, "");
		if (!scope.isEmpty()) {
			form.append("&scope=").append(encode(scope));
		}
		for (MetadataDeclaration declaration : fetcher.metadata()) {
			if (declaration.headerName().equals("authorization")) {
				return new TokenRequest(form.toString(), declaration.name(), "Basic "
						+ Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8)));
			}
		}
		form.append("&client_id=").append(id).append("&client_secret=").append(secret);
		return new TokenRequest(form.toString(), null, "");
	}

	/**
	 * Puts a new refresh token in the place of the old one (RFC 6749 section 6).
	 * @param form the form that the old one was sent with
	 * @param refreshToken the new one
	 * @return the form for the next time
	 */
	static String renewed(String form, String refreshToken) {
		return form.replaceAll("(^|&)refresh_token=[^&]*",
				"$1refresh_token=" + Matcher.quoteReplacement(encode(refreshToken)));
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	byte[] body() {
		return this.body.getBytes(StandardCharsets.UTF_8);
	}

	void authorize(SecureStream stream) {
		if (this.authorization != null) {
			stream.metadata().set(this.authorization, this.password);
		}
	}

	@Override
	public String toString() {
		return "TokenRequest[***]";
	}

}
