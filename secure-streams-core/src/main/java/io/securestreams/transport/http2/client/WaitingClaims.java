package io.securestreams.transport.http2.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a connection, in the order of their coming, and not for ever. On the
 * pool's event loop.
 */
final class WaitingClaims {

	/** With the time of their coming. */
	private final LinkedHashMap<ConnectionClaim, Long> since = new LinkedHashMap<>();

	private final EventLoop loop;

	private final long limit;

	private final BooleanSupplier patient;

	private final Consumer<List<ConnectionClaim>> late;

	private boolean timerRuns;

	/**
	 * Nobody waits.
	 * @param loop the pool's
	 * @param limit how long one may wait, ms
	 * @param patient whether the limit does not hold for now
	 * @param late takes those that have waited for longer
	 */
	WaitingClaims(EventLoop loop, long limit, BooleanSupplier patient, Consumer<List<ConnectionClaim>> late) {
		this.loop = loop;
		this.limit = limit;
		this.patient = patient;
		this.late = late;
	}

	boolean isEmpty() {
		return this.since.isEmpty();
	}

	int size() {
		return this.since.size();
	}

	void add(ConnectionClaim claim) {
		this.since.put(claim, System.nanoTime());
		startTimer();
	}

	void remove(ConnectionClaim claim) {
		this.since.remove(claim);
	}

	/** Takes the one that has waited for longest. */
	@Nullable ConnectionClaim poll() {
		Iterator<ConnectionClaim> claims = this.since.keySet().iterator();
		if (!claims.hasNext()) {
			return null;
		}
		ConnectionClaim next = claims.next();
		claims.remove();
		return next;
	}

	List<ConnectionClaim> takeAll() {
		List<ConnectionClaim> all = List.copyOf(this.since.keySet());
		this.since.clear();
		return all;
	}

	private void startTimer() {
		if (!this.timerRuns && !this.since.isEmpty()) {
			this.timerRuns = true;
			long delay = Math.max(5, Math.min(1000, this.limit / 4));
			this.loop.schedule(this::check, delay, TimeUnit.MILLISECONDS);
		}
	}

	private void check() {
		this.timerRuns = false;
		List<ConnectionClaim> overdue = this.patient.getAsBoolean() ? List.of() : takeOverdue();
		if (!overdue.isEmpty()) {
			this.late.accept(overdue);
		}
		startTimer();
	}

	private List<ConnectionClaim> takeOverdue() {
		long now = System.nanoTime();
		List<ConnectionClaim> overdue = new ArrayList<>();
		Iterator<Map.Entry<ConnectionClaim, Long>> oldestFirst = this.since.entrySet().iterator();
		while (oldestFirst.hasNext()) {
			Map.Entry<ConnectionClaim, Long> oldest = oldestFirst.next();
			if (now - oldest.getValue() <= TimeUnit.MILLISECONDS.toNanos(this.limit)) {
				break;
			}
			overdue.add(oldest.getKey());
			oldestFirst.remove();
		}
		return overdue;
	}

}
