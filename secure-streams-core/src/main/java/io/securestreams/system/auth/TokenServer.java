package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.jspecify.annotations.Nullable;

/**
 * Where the tokens of a scheme come from: its streamtype carries the auth blob that
 * follows the token's to the token server. May be used from any thread.
 */
final class TokenServer {

	private final AuthScheme scheme;

	private final SystemBlobs blobs;

	private final Supplier<StreamFactory> streams;

	TokenServer(AuthScheme scheme, SystemBlobs blobs, Supplier<StreamFactory> streams) {
		this.scheme = scheme;
		this.blobs = blobs;
		this.streams = streams;
	}

	/** Where the words are, or {@code null} if there is no such blob. */
	private @Nullable Blob blob() {
		return (this.scheme.blob() < AuthScheme.MAX_BLOB) ? Blob.auth(this.scheme.blob() + 1) : null;
	}

	/**
	 * Returns what tokens are asked for with.
	 * @return a form or a password, empty for none
	 */
	String words() {
		Blob blob = blob();
		byte[] value = (blob != null) ? this.blobs.get(blob) : null;
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : "";
	}

	/** Puts a new refresh token in the place of the one in these words. */
	void renew(String words, String refreshToken) {
		Blob blob = blob();
		if (blob != null && words().equals(words)) {
			this.blobs.set(blob, TokenRequest.renewed(words, refreshToken));
		}
	}

	/**
	 * Tells why no token can be fetched.
	 * @return why, or empty if it can be tried
	 */
	String problem() {
		String streamType = this.scheme.streamType();
		if (streamType.isEmpty()) {
			return "auth \"" + this.scheme.name() + "\" names no streamtype that fetches one";
		}
		StreamPolicy fetcher = fetcher();
		if (fetcher == null) {
			return "the policy has no client streamtype \"" + streamType + "\"";
		}
		if (words().isEmpty()) {
			return "auth blob " + (this.scheme.blob() + 1)
					+ ", which a token is asked for with, is not set (secure-streams.blobs.auth-"
					+ (this.scheme.blob() + 1) + ", or SecureStreams.blobs())";
		}
		return (TokenRequest.of(this.scheme, words(), fetcher) != null) ? ""
				: "auth blob " + (this.scheme.blob() + 1) + " is not a form with grant_type"
						+ (this.scheme.type().equals(AuthScheme.LWA) ? "" : ", nor id:secret");
	}

	private @Nullable StreamPolicy fetcher() {
		StreamPolicy fetcher = this.streams.get().policy().streamTypes().get(this.scheme.streamType());
		return (fetcher != null && fetcher.role() == StreamPolicy.Role.CLIENT) ? fetcher : null;
	}

	/**
	 * Asks for a token.
	 * @param done is told, once, possibly before this returns
	 */
	void ask(Consumer<TokenAnswer> done) {
		StreamPolicy fetcher = fetcher();
		TokenRequest request = (fetcher != null) ? TokenRequest.of(this.scheme, words(), fetcher) : null;
		if (request == null) {
			done.accept(TokenAnswer.none(problem()));
			return;
		}
		TokenFetch.start(this.streams.get(), this.scheme.streamType(), request, done);
	}

}
