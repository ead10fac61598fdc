package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.engine.spi.CredentialSource.Requester;
import io.securestreams.engine.spi.CredentialSource.Waiting;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The tokens of one scheme. All streams that need one while there is none wait for the
 * same answer; a server that has failed is left alone for a while. The token is kept in
 * the scheme's auth blob, where the application may put one as well. May be used from any
 * thread; guarded by its lock, which is not held while others are called.
 */
final class TokenSource implements TokenVerdict {

	private static final Logger log = LoggerFactory.getLogger(TokenSource.class);

	private static final int MAX_TOLD = 1000;

	private final AuthScheme scheme;

	private final SystemBlobs blobs;

	private final TokenServer server;

	private final InstantSource clock;

	private final RefusalBackoff backoff;

	private final List<TokenWaiter> waiters = new ArrayList<>();

	private boolean fetching;

	/** The last token that the server has given, until it is refused. */
	private @Nullable HeldToken token;

	/** Tokens refused one after the other. */
	private int strikes;

	private @Nullable Instant refusedAt;

	private String refusal = "";

	/**
	 * What a peer does not accept and nothing can take the place of, until a peer does.
	 */
	private volatile byte @Nullable [] rejected;

	/** What the log has been told of why none can be asked for, by streamtype. */
	private final Map<String, String> told = new HashMap<>();

	/** What the log has been told of the last failure. */
	private String toldFailure = "";

	/** What was asked with when it failed: with anything else it is tried at once. */
	private String failedWords = "";

	TokenSource(AuthScheme scheme, SystemBlobs blobs, TokenServer server, InstantSource clock, RefusalBackoff backoff) {
		this.scheme = scheme;
		this.blobs = blobs;
		this.server = server;
		this.clock = clock;
		this.backoff = backoff;
	}

	/**
	 * Asks for a token.
	 * @param policy the streamtype that needs it
	 * @param executor where the answer is given
	 * @param requester is told, once, possibly before this returns
	 * @return gives up waiting
	 */
	Waiting acquire(StreamPolicy policy, StreamExecutor executor, Requester requester) {
		TokenWaiter waiter = new TokenWaiter(policy, executor, requester, this);
		String problem = policy.name().equals(this.scheme.streamType())
				? "streamtype \"" + policy.name() + "\" cannot fetch the token that it needs itself"
				: this.server.problem();
		String words = this.server.words();
		byte[] usable;
		boolean waits = false;
		boolean asks;
		String denial;
		boolean news;
		synchronized (this) {
			Instant now = this.clock.instant();
			usable = usable(now);
			boolean mayAsk = problem.isEmpty() && (this.backoff.isOver(now) || !words.equals(this.failedWords));
			denial = problem.isEmpty() ? this.refusal : problem;
			if (usable == null && (this.fetching || mayAsk)) {
				this.waiters.add(waiter);
				waits = true;
			}
			asks = !this.fetching && mayAsk && (waits || (usable != null && isRenewalDue(usable, now)));
			this.fetching |= asks;
			news = usable == null && isNews(policy.name(), problem);
		}
		if (news) {
			log.warn("No token of auth \"{}\", which streamtype \"{}\" needs: {}", this.scheme.name(), policy.name(),
					problem);
		}
		if (asks) {
			this.server.ask((answer) -> answered(words, answer));
		}
		if (usable != null) {
			waiter.grant(usable);
		}
		else if (!waits) {
			waiter.deny(denied(denial));
		}
		return waits ? () -> forget(waiter) : Waiting.OVER;
	}

	/** Whether the log does not know yet why a streamtype gets none. */
	private boolean isNews(String streamType, String problem) {
		if (problem.isEmpty()) {
			this.told.remove(streamType);
			return false;
		}
		if (this.told.size() >= MAX_TOLD && !this.told.containsKey(streamType)) {
			// Those of earlier policies
			this.told.clear();
		}
		return !problem.equals(this.told.put(streamType, problem));
	}

	private String denied(String reason) {
		return "no token of auth \"" + this.scheme.name() + "\": " + reason;
	}

	private synchronized void forget(TokenWaiter waiter) {
		this.waiters.remove(waiter);
	}

	/** The token in the blob, unless it is known to have expired. */
	private byte @Nullable [] usable(Instant now) {
		byte[] value = this.blobs.get(Blob.auth(this.scheme.blob()));
		if (value == null || value.length == 0) {
			return null;
		}
		HeldToken held = held(value);
		return (held != null && held.isExpired(now)) ? null : value;
	}

	private boolean isRenewalDue(byte[] value, Instant now) {
		HeldToken held = held(value);
		return held != null && held.isRenewalDue(now);
	}

	/** What is known of a token, if the server has given it. */
	private @Nullable HeldToken held(byte @Nullable [] value) {
		return (this.token != null && value != null && this.token.is(value)) ? this.token : null;
	}

	private void answered(String words, TokenAnswer answer) {
		List<TokenWaiter> served;
		byte[] given = answer.accessToken().getBytes(StandardCharsets.UTF_8);
		boolean granted = given.length > 0;
		boolean news;
		synchronized (this) {
			Instant now = this.clock.instant();
			if (granted) {
				hold(given, answer.lifetime(), now);
				this.toldFailure = "";
			}
			else {
				refuse(answer.problem(), now);
				this.failedWords = words;
				this.backoff.failed(now);
			}
			news = !granted && !answer.problem().equals(this.toldFailure);
			if (news) {
				this.toldFailure = answer.problem();
			}
			this.fetching = false;
			served = List.copyOf(this.waiters);
			this.waiters.clear();
		}
		if (!granted) {
			log.atLevel(news ? Level.WARN : Level.DEBUG)
				.log("No token of auth \"{}\": {}", this.scheme.name(), answer.problem());
		}
		else if (!answer.refreshToken().isEmpty()) {
			this.server.renew(words, answer.refreshToken());
		}
		for (TokenWaiter waiter : served) {
			if (granted) {
				waiter.later(() -> waiter.grant(given));
			}
			else {
				waiter.later(() -> waiter.deny(denied(answer.problem())));
			}
		}
	}

	private void hold(byte[] given, @Nullable Duration lifetime, Instant now) {
		this.token = new HeldToken(given, lifetime, now);
		if (this.strikes == 0) {
			this.backoff.reset();
		}
		this.failedWords = "";
		this.blobs.set(Blob.auth(this.scheme.blob()), given);
	}

	private void refuse(String reason, Instant now) {
		this.refusedAt = now;
		this.refusal = reason;
	}

	/**
	 * A peer does not accept a token. It is dropped if another one can be fetched, which
	 * after two in a row takes a while.
	 */
	@Override
	public boolean refused(byte[] value) {
		boolean fetchable = this.server.problem().isEmpty();
		String words = this.server.words();
		synchronized (this) {
			Instant now = this.clock.instant();
			Blob blob = Blob.auth(this.scheme.blob());
			byte[] current = this.blobs.get(blob);
			if (current != null && !Arrays.equals(current, value)) {
				return true;
			}
			if (current == null) {
				return fetchable;
			}
			refuse("a peer does not accept the token", now);
			if (!fetchable) {
				this.rejected = value;
				return false;
			}
			boolean proven = this.token != null && this.token.isProven(now);
			this.strikes = proven ? 1 : this.strikes + 1;
			if (proven) {
				this.backoff.reset();
			}
			if (this.strikes > 1) {
				this.failedWords = words;
				this.backoff.failed(now);
			}
			this.token = null;
			this.blobs.set(blob, (byte[]) null);
			return true;
		}
	}

	@Override
	public void accepted(byte[] value) {
		if (isRejected(value)) {
			this.rejected = null;
		}
	}

	private boolean isRejected(byte @Nullable [] value) {
		byte[] known = this.rejected;
		return known != null && Arrays.equals(known, value);
	}

	/** How it stands. */
	AuthSnapshot snapshot() {
		synchronized (this) {
			Instant now = this.clock.instant();
			byte[] usable = usable(now);
			HeldToken ours = held(usable);
			AuthSnapshot.State state = this.fetching ? AuthSnapshot.State.FETCHING
					: isRejected(usable) ? AuthSnapshot.State.REFUSED
							: (usable != null) ? AuthSnapshot.State.HELD : (this.token != null)
									? AuthSnapshot.State.EXPIRED
									: this.refusal.isEmpty() ? AuthSnapshot.State.NONE : AuthSnapshot.State.REFUSED;
			return new AuthSnapshot(this.scheme.name(), this.scheme.type(), this.scheme.blob(), state,
					(ours != null) ? ours.obtainedAt() : null, (ours != null) ? ours.expiresAt() : null, this.refusedAt,
					this.refusal, this.waiters.size());
		}
	}

}
