package io.securestreams.system.auth;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.securestreams.engine.spi.CredentialSource;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.system.auth.AwsKeys.Found;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authentication schemes of the policy. May be used from any thread.
 */
public final class Authentication implements CredentialSource {

	private static final Logger log = LoggerFactory.getLogger(Authentication.class);

	/** Streamtype that fetches tokens where the policy has no section {@code auth}. */
	public static final String AMAZON_STREAM_TYPE = "api_amazon_com_auth";

	/** From here on those of earlier policies are let go of. */
	private static final int MAX_SCHEMES = 64;

	/** What streams use that have {@code http_auth_header} and no {@code use_auth}. */
	private static final AuthScheme AMAZON = new AuthScheme(AuthScheme.LWA, AuthScheme.LWA, AMAZON_STREAM_TYPE, 0);

	private static final int FIRST_REDIRECT = 300;

	private static final int FORBIDDEN = 403;

	private final SystemBlobs blobs;

	private final Supplier<StreamFactory> streams;

	private final AwsKeys awsKeys;

	private final InstantSource clock;

	private final RandomGenerator random;

	private final Map<AuthScheme, TokenSource> tokens = new ConcurrentHashMap<>();

	private final Map<AuthScheme, Refusal> refusals = new ConcurrentHashMap<>();

	/**
	 * Makes the authentication of an engine.
	 * @param blobs tokens, keys, and what tokens are asked for with
	 * @param streams makes the streams to token servers, and has the policy; asked when
	 * needed
	 * @param sources where keys of AWS are looked for as well
	 * @param files where the credentials file is read; stays the caller's to close
	 * @param clock tells when tokens expire
	 * @param random source of jitter; used from many threads
	 */
	public Authentication(SystemBlobs blobs, Supplier<StreamFactory> streams, AwsKeySources sources, Executor files,
			InstantSource clock, RandomGenerator random) {
		this.blobs = blobs;
		this.streams = streams;
		this.awsKeys = new AwsKeys(blobs, sources, files, clock);
		this.clock = clock;
		this.random = random;
	}

	@Override
	public @Nullable Authenticator find(StreamPolicy policy) {
		AuthUse use = policy.features().auth();
		if (use != null) {
			return use.scheme().type().equals(AuthScheme.SIGV4)
					? (executor, requester) -> sign(use, executor, requester) : token(use.scheme(), policy);
		}
		AuthScheme implied = implied(policy);
		return (implied != null) ? token(implied, policy) : null;
	}

	/** README section "auth": the default is Login with Amazon, where it is there. */
	private @Nullable AuthScheme implied(StreamPolicy policy) {
		if (BearerCredentials.headers(policy).auth().isEmpty()) {
			return null;
		}
		Policy whole = this.streams.get().policy();
		AuthScheme scheme = amazon(whole);
		boolean fetches = policy.name().equals(AMAZON_STREAM_TYPE)
				|| whole.auth().values().stream().anyMatch((other) -> other.streamType().equals(policy.name()));
		return fetches ? null : scheme;
	}

	private static @Nullable AuthScheme amazon(Policy policy) {
		for (AuthScheme scheme : policy.auth().values()) {
			if (scheme.type().equals(AuthScheme.LWA)) {
				return scheme;
			}
		}
		StreamPolicy fetcher = policy.streamTypes().get(AMAZON_STREAM_TYPE);
		return (fetcher != null && fetcher.role() == StreamPolicy.Role.CLIENT) ? AMAZON : null;
	}

	private Authenticator token(AuthScheme scheme, StreamPolicy policy) {
		TokenSource source = source(scheme);
		return (executor, requester) -> source.acquire(policy, executor, requester);
	}

	private TokenSource source(AuthScheme scheme) {
		if (this.tokens.size() > MAX_SCHEMES) {
			// Policies come and go
			forgetOthers();
		}
		return this.tokens.computeIfAbsent(scheme, (key) -> new TokenSource(key, this.blobs,
				new TokenServer(key, this.blobs, this.streams), this.clock, new RefusalBackoff(this.random)));
	}

	private Waiting sign(AuthUse use, StreamExecutor executor, Requester requester) {
		this.awsKeys.find(use.scheme(), (found) -> {
			if (executor.inContext()) {
				answer(use, requester, found);
				return;
			}
			try {
				executor.execute(() -> answer(use, requester, found));
			}
			catch (RejectedExecutionException ex) {
				// The stream is gone
			}
		});
		return Waiting.OVER;
	}

	private void answer(AuthUse use, Requester requester, Found found) {
		if (found.key() == null) {
			refused(use.scheme(), null, found.problem());
			requester.denied("auth \"" + use.scheme().name() + "\": " + found.problem());
			return;
		}
		AwsKey key = found.key();
		requester.granted(new SigV4Credentials(key, use, () -> {
			refused(use.scheme(), key, "a peer does not accept the key");
			this.awsKeys.forget();
			// Somebody may have put another one into the file
			return found.ofFile();
		}, (status) -> answered(use.scheme(), key, status)));
	}

	/** AWS refuses keys with 403, as it does what a key does not allow. */
	private void answered(AuthScheme scheme, AwsKey key, int status) {
		if (status == FORBIDDEN) {
			refused(scheme, key, "a peer answers 403 to what the key has signed");
			return;
		}
		Refusal before = this.refusals.get(scheme);
		if (before != null && status < FIRST_REDIRECT && key.equals(before.key())) {
			this.refusals.replace(scheme, before, new Refusal(before.at(), before.reason(), null));
		}
	}

	private void refused(AuthScheme scheme, @Nullable AwsKey key, String reason) {
		if (this.refusals.size() > MAX_SCHEMES) {
			forgetOthers();
		}
		Refusal before = this.refusals.put(scheme, new Refusal(this.clock.instant(), reason, key));
		if (before == null || !before.reason().equals(reason)) {
			log.warn((key != null) ? "Auth \"{}\": {}" : "No request is signed by auth \"{}\": {}", scheme.name(),
					reason);
		}
	}

	/**
	 * Tells how the schemes of the current policy stand.
	 * @return one for each, in the order of the policy, without secrets
	 */
	public List<AuthSnapshot> snapshot() {
		List<AuthScheme> schemes = forgetOthers();
		return schemes.stream().map(this::snapshot).toList();
	}

	/** Lets go of schemes of earlier policies, and returns those of this one. */
	private List<AuthScheme> forgetOthers() {
		Policy policy = this.streams.get().policy();
		List<AuthScheme> schemes = new ArrayList<>(policy.auth().values());
		AuthScheme implied = amazon(policy);
		if (implied != null && !schemes.contains(implied)) {
			schemes.add(implied);
		}
		this.tokens.keySet().retainAll(schemes);
		this.refusals.keySet().retainAll(schemes);
		return schemes;
	}

	private AuthSnapshot snapshot(AuthScheme scheme) {
		if (scheme.isToken()) {
			return source(scheme).snapshot();
		}
		Refusal refusal = this.refusals.get(scheme);
		AwsKey key = scheme.type().equals(AuthScheme.SIGV4) ? this.awsKeys.knownKey(scheme) : null;
		boolean refused = refusal != null && (key == null || key.equals(refusal.key()));
		AuthSnapshot.State state = refused ? AuthSnapshot.State.REFUSED
				: (key != null) ? AuthSnapshot.State.HELD : AuthSnapshot.State.NONE;
		return new AuthSnapshot(scheme.name(), scheme.type(), scheme.blob(), state, null, null,
				(refusal != null) ? refusal.at() : null, (refusal != null) ? refusal.reason() : "", 0);
	}

	/**
	 * What has gone wrong last.
	 *
	 * @param at when
	 * @param reason why, in one line
	 * @param key what was refused, until a peer accepts it after all; {@code null} if
	 * there was none
	 */
	private record Refusal(Instant at, String reason, @Nullable AwsKey key) {
	}

}
