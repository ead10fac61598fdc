package io.securestreams.engine;

import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;

/**
 * How a client stream comes to a connection: an attempt under the policy of the day, and
 * after a failure the next one in time, or none any more. Part of {@link StreamLife}.
 */
final class ConnectAttempts {

	private static final Logger log = LoggerFactory.getLogger(ConnectAttempts.class);

	private final StreamLife life;

	private final StreamEngine engine;

	private final SerialContext context;

	private final Requests requests;

	private final Announcer announcer;

	private final Binding binding;

	private final MetadataStore metadata;

	private final TxGate tx;

	private final StreamCounters counters;

	private final RetryState retries = new RetryState();

	private final RetryTimer retryTimer;

	private final EndpointResolver resolver = new EndpointResolver();

	private final Function<String, @Nullable String> symbols;

	private @Nullable Target target;

	ConnectAttempts(StreamLife life, StreamEngine engine, SerialContext context, Announcer announcer) {
		this.life = life;
		this.engine = engine;
		this.context = context;
		this.requests = context.requests();
		this.announcer = announcer;
		this.binding = life.binding();
		this.metadata = life.metadata();
		this.symbols = this.metadata::symbol;
		this.tx = life.tx();
		this.counters = life.counters();
		this.retryTimer = new RetryTimer(context.executor(), this::retryDue);
	}

	/**
	 * Starts an attempt.
	 * @param poll whether it is due to something to send, or to a retry
	 */
	void begin(boolean poll) {
		if (this.binding.isGiven() || this.life.isDraining()) {
			return;
		}
		this.life.enter(ConnectPhase.CONNECTING);
		if (poll && !this.announcer.isLast(StreamState.POLL)) {
			announce(StreamState.POLL);
			if (this.requests.interrupted()) {
				this.life.enter(ConnectPhase.IDLE);
				if (this.requests.has(Requests.FAULT)) {
					retryOrGiveUp(null);
				}
				return;
			}
		}
		StreamFailure unknown = refresh();
		Target aim = (unknown == null) ? resolve() : null;
		if (unknown == null && aim == null) {
			this.life.enter(ConnectPhase.IDLE);
			retryOrGiveUp(null);
			return;
		}
		this.target = aim;
		this.counters.add(StreamCounters.ATTEMPTS, 1);
		announce(StreamState.CONNECTING);
		if (this.requests.interrupted()) {
			return;
		}
		if (aim == null) {
			gone(unknown);
		}
		else if (aim.address() instanceof Address.Host host && host.host().isEmpty()) {
			this.life.lost(StreamFailure.unsent(Phase.RESOLVE, "the endpoint is empty", "", null), true);
		}
		else {
			launch(aim);
		}
	}

	private void launch(Target aim) {
		try {
			ClientTransport transport = this.binding.activate(this.life.link());
			this.tx.begin(transport.kind());
			// Asked for in CONNECTING, it is meant for this attempt, whose head may go
			// out now
			this.tx.request(this.requests.take(Requests.TX | Requests.LENGTH));
			this.life.beginReceiving();
			transport.connect();
		}
		catch (RuntimeException ex) {
			log.error("[{}] defect: the transport threw", this.life.id(), ex);
			this.binding.close();
			this.life.lost(StreamFailure.unsent(Phase.CONNECT, ex.toString(), aim.address().toString(), ex), true);
			return;
		}
		this.life.arm();
	}

	/** The streamtype has left the policy: no retry would help. */
	private void gone(@Nullable StreamFailure failure) {
		this.life.lastFailure(failure);
		this.life.enter(ConnectPhase.IDLE);
		this.counters.add(StreamCounters.FAILURES, 1);
		announce(StreamState.UNREACHABLE);
		if (this.life.carriesOn()) {
			announce(StreamState.ALL_RETRIES_FAILED);
		}
	}

	/**
	 * Takes the current policy.
	 * @return why there is none for this stream any more, or {@code null} if all is well
	 */
	@Nullable StreamFailure refresh() {
		StreamPolicy before = this.binding.policy();
		StreamFailure unknown = this.binding.isGiven() ? null : this.binding.refresh();
		StreamPolicy now = this.binding.policy();
		if (now != before) {
			this.metadata.migrate(now);
			this.tx.bind(now);
		}
		return unknown;
	}

	private @Nullable Target resolve() {
		try {
			return this.resolver.resolve(this.binding.policy(), this.symbols);
		}
		catch (IllegalArgumentException ex) {
			log.debug("[{}] {}", this.life.id(), ex.getMessage());
			String message = (ex.getMessage() != null) ? ex.getMessage() : "endpoint";
			this.life.lastFailure(StreamFailure.unsent(Phase.POLICY, message, "", ex));
			return null;
		}
	}

	/**
	 * Waits for the next attempt, or says that there is none.
	 * @param retryAfter least time the peer asks for, or {@code null}
	 */
	void retryOrGiveUp(@Nullable Duration retryAfter) {
		long delay = this.retries.failed(this.binding.policy().persistence().retry(), this.engine.settings().random(),
				retryAfter);
		if (delay == RetryState.GIVE_UP) {
			announce(StreamState.ALL_RETRIES_FAILED);
			return;
		}
		this.life.enter(ConnectPhase.RETRY_WAIT);
		this.retryTimer.start(delay, this.life.wakeLock(), this.life.id());
	}

	private void retryDue() {
		this.context.enter();
		try {
			if (this.life.phase() == ConnectPhase.RETRY_WAIT) {
				begin(true);
			}
		}
		finally {
			this.context.exit();
		}
	}

	/** Stops waiting for the next attempt. */
	void cancelRetry() {
		this.retryTimer.cancel();
	}

	/** Counts failures anew. */
	void forgetFailures() {
		this.retries.reset();
	}

	/** From any thread. */
	int failures() {
		return this.retries.failures();
	}

	/** Where the last attempt went. */
	@Nullable Target target() {
		return this.target;
	}

	private void announce(StreamState next) {
		this.announcer.announce(next, 0);
	}

}
