package io.securestreams.system.captiveportal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.captiveportal.PortalProbe.Verdict;

/**
 * Finds out whether the network leads to the internet: asks once with the streamtype
 * {@code captive_portal_detect}. The expected answer means that it does; a redirect, or
 * another answer that is a success in itself, that a captive portal has answered; none in
 * time that there is no internet. Without the streamtype nothing is known. May be used
 * from any thread.
 */
public final class CaptivePortalDetector implements AutoCloseable {

	/** Name of the streamtype. */
	public static final String STREAM_TYPE = "captive_portal_detect";

	/** Most time for a check, where the policy has no {@code timeout_ms}. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

	private static final Logger log = LoggerFactory.getLogger(CaptivePortalDetector.class);

	private final StreamFactory streams;

	private final Clock clock;

	private final boolean enabled;

	private final List<Consumer<CaptivePortalStatus>> listeners = new CopyOnWriteArrayList<>();

	private final Object lock = new Object();

	/** Guarded by the lock. */
	private @Nullable CompletableFuture<CaptivePortalStatus> running;

	/** Guarded by the lock. */
	private @Nullable SecureStream probe;

	/** Guarded by the lock. */
	private boolean closed;

	private volatile Verdict last = new Verdict(CaptivePortalState.UNKNOWN, "");

	private volatile @Nullable Instant checkedAt;

	private volatile boolean checking;

	/**
	 * Makes a detector, which has not checked yet.
	 * @param streams makes the stream that asks
	 * @param enabled {@code false} to know nothing and ask nobody
	 */
	public CaptivePortalDetector(StreamFactory streams, boolean enabled) {
		this(streams, enabled, Clock.systemUTC());
	}

	CaptivePortalDetector(StreamFactory streams, boolean enabled, Clock clock) {
		this.streams = streams;
		this.enabled = enabled;
		this.clock = clock;
	}

	/**
	 * Adds what is told of each verdict that differs from the one before.
	 * @param listener called on an event loop, must not block
	 */
	public void listener(Consumer<CaptivePortalStatus> listener) {
		this.listeners.add(listener);
	}

	/**
	 * Checks now. If a check is running already, this joins it.
	 * @return completes with the verdict, on an event loop; never exceptionally
	 */
	public CompletionStage<CaptivePortalStatus> check() {
		CompletableFuture<CaptivePortalStatus> done;
		synchronized (this.lock) {
			CompletableFuture<CaptivePortalStatus> under = this.running;
			if (under != null) {
				return under.copy();
			}
			if (this.closed || !isAvailable()) {
				return CompletableFuture.completedFuture(status());
			}
			done = new CompletableFuture<>();
			this.running = done;
			this.checking = true;
		}
		start(done);
		return done.copy();
	}

	private void start(CompletableFuture<CaptivePortalStatus> done) {
		PortalProbe handler = new PortalProbe((verdict) -> finish(verdict, done));
		try {
			SecureStream stream = this.streams.create(STREAM_TYPE, handler);
			boolean late;
			synchronized (this.lock) {
				late = this.closed;
				this.probe = done.isDone() ? null : stream;
			}
			if (late) {
				stream.close();
			}
		}
		catch (SecureStreamsException ex) {
			finish(new Verdict(CaptivePortalState.UNKNOWN, String.valueOf(ex.getMessage())), done);
		}
	}

	private void finish(Verdict verdict, CompletableFuture<CaptivePortalStatus> done) {
		CaptivePortalState before;
		synchronized (this.lock) {
			before = this.last.state();
			this.last = verdict;
			this.checkedAt = this.clock.instant();
			this.checking = false;
			this.running = null;
			this.probe = null;
		}
		CaptivePortalStatus status = status();
		if (before != verdict.state()) {
			log.info("Captive portal detection: {}{}", verdict.state().text(),
					verdict.reason().isEmpty() ? "" : " (" + verdict.reason() + ")");
			for (Consumer<CaptivePortalStatus> listener : this.listeners) {
				try {
					listener.accept(status);
				}
				catch (RuntimeException ex) {
					log.warn("listener threw", ex);
				}
			}
		}
		done.complete(status);
	}

	/**
	 * Returns the last verdict. While a check is running it is still the one before.
	 * @return the state of affairs
	 */
	public CaptivePortalStatus status() {
		Verdict verdict = this.last;
		return new CaptivePortalStatus(verdict.state(), verdict.reason(), this.checkedAt, this.checking, isAvailable());
	}

	/** By way of a proxy one would hear of its network. */
	private boolean isAvailable() {
		return this.enabled && !this.streams.isProxied()
				&& this.streams.policy().streamTypes().containsKey(STREAM_TYPE);
	}

	/** Ends a check that is running; none is made any more. */
	@Override
	public void close() {
		SecureStream stream;
		synchronized (this.lock) {
			this.closed = true;
			stream = this.probe;
		}
		if (stream != null) {
			stream.close();
		}
	}

}
