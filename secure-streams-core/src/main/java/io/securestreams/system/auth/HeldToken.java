package io.securestreams.system.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A token that its server has given, and how long it is good for.
 */
final class HeldToken {

	/** Most time before its end that a token is replaced while it is still used. */
	private static final Duration MARGIN = Duration.ofMinutes(1);

	/** A token that has been accepted for so long was a good one. */
	private static final Duration PROVEN = Duration.ofMinutes(1);

	private final byte[] value;

	private final Instant obtainedAt;

	private final @Nullable Instant expiresAt;

	private final @Nullable Instant renewAt;

	/**
	 * Makes one that has just been given.
	 * @param value the token; not copied
	 * @param lifetime how long the server says that it is good for, {@code null} if it
	 * does not
	 * @param now the time
	 */
	HeldToken(byte[] value, @Nullable Duration lifetime, Instant now) {
		this.value = value;
		this.obtainedAt = now;
		if (lifetime == null) {
			this.expiresAt = null;
			this.renewAt = null;
			return;
		}
		Duration tenth = lifetime.dividedBy(10);
		this.expiresAt = now.plus(lifetime);
		this.renewAt = this.expiresAt.minus((tenth.compareTo(MARGIN) < 0) ? tenth : MARGIN);
	}

	boolean is(byte[] other) {
		return Arrays.equals(this.value, other);
	}

	boolean isExpired(Instant now) {
		return this.expiresAt != null && !now.isBefore(this.expiresAt);
	}

	/** Whether another one is to be fetched while this one is used. */
	boolean isRenewalDue(Instant now) {
		return this.renewAt != null && !now.isBefore(this.renewAt);
	}

	/** Whether it has been in use for long enough to have been accepted. */
	boolean isProven(Instant now) {
		return now.isAfter(this.obtainedAt.plus(PROVEN));
	}

	Instant obtainedAt() {
		return this.obtainedAt;
	}

	@Nullable Instant expiresAt() {
		return this.expiresAt;
	}

}
