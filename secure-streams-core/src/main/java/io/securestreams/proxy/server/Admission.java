package io.securestreams.proxy.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.securestreams.limits.ProxyLimits;

/**
 * Who may have a link, and what on it. Shared by all links, used from any thread.
 */
final class Admission {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	/** Clients without links are forgotten from here on, once their second is over. */
	private static final int MANY_CLIENTS = 256;

	private final List<ProxyAccess> rules;

	private final ProxyLimits limits;

	private final LongSupplier clock;

	/** Guarded by this. */
	private final Map<String, Tally> tallies = new HashMap<>();

	Admission(List<ProxyAccess> rules, ProxyLimits limits, LongSupplier clock) {
		this.rules = rules;
		this.limits = limits;
		this.clock = clock;
	}

	/**
	 * A client has made a link, which counts until {@link #left}, admitted or not.
	 * @return why it may not have it, or {@code null}
	 */
	synchronized @Nullable Refusal entered(Peer peer) {
		long now = this.clock.getAsLong();
		if (this.tallies.size() >= MANY_CLIENTS) {
			this.tallies.values().removeIf((tally) -> tally.links == 0 && now - tally.refilled > SECOND);
		}
		Tally tally = this.tallies.computeIfAbsent(peer.name(), (name) -> new Tally(this.limits.linksPerSecond(), now));
		tally.links++;
		if (!this.rules.isEmpty() && this.rules.stream().noneMatch((rule) -> rule.fits(peer))) {
			return Refusal.CLIENT;
		}
		if (!tally.takeToken(now, this.limits.linksPerSecond())) {
			return Refusal.RATE;
		}
		return (tally.links > this.limits.maxLinksPerClient()) ? Refusal.LINKS : null;
	}

	/**
	 * A client wants a streamtype, whose buffers count until {@link #left}, admitted or
	 * not.
	 * @return why it may not have it, or {@code null}
	 */
	synchronized @Nullable Refusal wants(Peer peer, String streamType, long buffers) {
		Tally tally = tally(peer);
		tally.buffers += buffers;
		if (!this.rules.isEmpty()
				&& this.rules.stream().noneMatch((rule) -> rule.fits(peer) && rule.allows(streamType))) {
			return Refusal.STREAMTYPE_NOT_ALLOWED;
		}
		return (tally.buffers > this.limits.maxBufferedPerClient()) ? Refusal.BUFFERS : null;
	}

	synchronized void left(Peer peer, long buffers) {
		Tally tally = tally(peer);
		tally.links--;
		tally.buffers -= buffers;
	}

	private Tally tally(Peer peer) {
		Tally tally = this.tallies.get(peer.name());
		if (tally == null) {
			throw new IllegalStateException("no links of " + peer.name());
		}
		return tally;
	}

	private static final class Tally {

		private int links;

		private long buffers;

		private double tokens;

		private long refilled;

		Tally(int tokens, long now) {
			this.tokens = tokens;
			this.refilled = now;
		}

		boolean takeToken(long now, int perSecond) {
			this.tokens = Math.min(perSecond, this.tokens + (double) (now - this.refilled) / SECOND * perSecond);
			this.refilled = now;
			if (this.tokens < 1) {
				return false;
			}
			this.tokens--;
			return true;
		}

	}

}
