package io.securestreams.engine.local;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.securestreams.engine.local.EndpointResolver.UnusableEndpointException;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.SerialContext;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.engine.stream.TxGate;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.PrintableText;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client stream comes to a connection: an attempt under the policy of the day, and
 * after a failure the next one in time, or none any more. Part of {@link StreamLife}.
 */
final class ConnectAttempts {

	private static final Logger log = LoggerFactory.getLogger(ConnectAttempts.class);

	private final StreamLife life;

	private final StreamEngine engine;

	private final StreamCore core;

	private final SerialContext context;

	private final Requests requests;

	private final CurrentPhase phase;

	private final Binding binding;

	private final TxGate tx;

	private final RetryState retries = new RetryState();

	/** With the first retry. */
	private @Nullable RetryTimer retryTimer;

	/** With the first attempt: a stream that came with its connection makes none. */
	private @Nullable EndpointResolver resolver;

	private @Nullable Target target;

	/** With the first attempt that has to wait until the application has caught up. */
	private @Nullable HeldAttempt held;

	/** Runs until the connection has lived. */
	private StreamExecutor.@Nullable Timer proof;

	ConnectAttempts(StreamLife life, StreamEngine engine, StreamCore core, Binding binding) {
		this.life = life;
		this.engine = engine;
		this.core = core;
		this.context = core.context();
		this.requests = core.requests();
		this.phase = life.phase();
		this.binding = binding;
		this.tx = core.tx();
	}

	/**
	 * Starts an attempt.
	 * @param poll whether it is due to something to send, or to a retry
	 */
	void begin(boolean poll) {
		if (this.life.isGiven() || this.life.isDraining()) {
			return;
		}
		if (holds()) {
			held().hold(poll);
			return;
		}
		forgetHeld();
		if (this.requests.has(Requests.CLOSE | Requests.DISCONNECT)) {
			return;
		}
		this.phase.enter(ConnectPhase.CONNECTING);
		this.life.lastAnswer(null);
		if (poll && !this.core.announcer().isLast(StreamState.POLL)) {
			announce(StreamState.POLL);
			if (this.requests.interrupted()) {
				this.phase.enter(ConnectPhase.IDLE);
				if (!this.requests.has(Requests.CLOSE | Requests.DISCONNECT)) {
					retryOrGiveUp(null);
				}
				return;
			}
		}
		StreamFailure unknown = refresh();
		StreamFailure unusable = null;
		Target aim = null;
		try {
			aim = (unknown == null) ? resolve() : null;
			if (unknown == null && aim == null) {
				this.phase.enter(ConnectPhase.IDLE);
				retryOrGiveUp(null);
				return;
			}
		}
		catch (UnusableEndpointException ex) {
			unusable = StreamFailure.unsent(Phase.POLICY, String.valueOf(ex.getMessage()), "", ex);
		}
		this.target = aim;
		this.core.counters().add(StreamCounters.ATTEMPTS, 1);
		announce(StreamState.CONNECTING);
		boolean holds = holds();
		if (this.requests.interrupted()) {
			return;
		}
		if (unusable != null) {
			this.life.lost(unusable, true);
		}
		else if (aim == null) {
			gone(unknown);
		}
		else if (aim.address() instanceof Address.Host host && host.host().isEmpty()) {
			this.life.lost(StreamFailure.unsent(Phase.RESOLVE, "the endpoint is empty", "", null), true);
		}
		else if (holds) {
			held().hold(aim);
		}
		else {
			launch(aim);
		}
	}

	/** Whether the application has not had yet what was said before. */
	private boolean holds() {
		return this.requests.holdsAttempts() && (this.held == null || !this.held.isLifted());
	}

	private HeldAttempt held() {
		HeldAttempt known = this.held;
		if (known == null) {
			known = new HeldAttempt(this.context.executor(), this::hurried);
			this.held = known;
		}
		return known;
	}

	private void forgetHeld() {
		if (this.held != null) {
			this.held.forget();
		}
	}

	/** The application asks for what it keeps from going on. */
	void hurry() {
		if (this.held != null) {
			this.held.hurry();
		}
	}

	private void hurried() {
		this.context.enter();
		try {
			goOn();
		}
		finally {
			this.context.exit();
		}
	}

	/** The application has caught up: what has waited for that goes on. */
	void resume() {
		caughtUp();
		goOn();
	}

	/** Nothing has to wait for the application any more. */
	void caughtUp() {
		if (this.held != null) {
			this.held.caughtUp();
		}
	}

	private void goOn() {
		HeldAttempt waiting = this.held;
		if (waiting == null || !waiting.isHolding()) {
			return;
		}
		Target aim = waiting.aim();
		boolean poll = waiting.isPoll();
		waiting.forget();
		if (aim != null) {
			launch(aim);
		}
		else if (this.phase.isFree()) {
			begin(poll);
		}
	}

	private void launch(Target aim) {
		try {
			ClientTransport transport = this.binding.activate(this.life.link());
			this.life.activate(transport);
			this.tx.begin(transport.kind());
			// Asked for in CONNECTING, it is meant for this attempt, whose head may go
			// out now
			this.tx.request(this.requests.take(Requests.TX | Requests.LENGTH));
			this.core.rx().begin();
			this.core.metadata().forgetReceived();
			transport.connect();
		}
		catch (Throwable ex) {
			log.error("[{}] the attempt to connect threw", this.core.id(), ex);
			this.life.closeTransport();
			if (this.phase.isUp()) {
				this.life.lost(StreamFailure.unsent(Phase.CONNECT, ex.toString(), aim.address().toString(), ex), true);
			}
			return;
		}
		this.core.arm();
	}

	/** The streamtype has left the policy: no retry would help. */
	private void gone(@Nullable StreamFailure failure) {
		this.life.lastFailure(failure);
		this.phase.enter(ConnectPhase.IDLE);
		this.core.counters().add(StreamCounters.FAILURES, 1);
		announce(StreamState.UNREACHABLE);
		if (this.life.carriesOn()) {
			giveUp();
		}
	}

	/**
	 * Takes the current policy.
	 * @return why there is none for this stream any more, or {@code null} if all is well
	 */
	@Nullable StreamFailure refresh() {
		StreamPolicy before = this.binding.policy();
		StreamFailure unknown = this.life.isGiven() ? null : this.binding.refresh();
		StreamPolicy now = this.binding.policy();
		if (now != before) {
			this.core.metadata().migrate(now);
			this.tx.bind(now);
		}
		return unknown;
	}

	private @Nullable Target resolve() {
		try {
			EndpointResolver known = this.resolver;
			if (known == null) {
				known = new EndpointResolver(this.core.metadata()::symbol);
				this.resolver = known;
			}
			return known.resolve(this.binding.policy());
		}
		catch (UnusableEndpointException ex) {
			throw ex;
		}
		catch (IllegalArgumentException ex) {
			log.debug("[{}] {}", this.core.id(), PrintableText.of(String.valueOf(ex.getMessage())));
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
			giveUp();
			return;
		}
		this.phase.enter(ConnectPhase.RETRY_WAIT);
		RetryTimer timer = this.retryTimer;
		if (timer == null) {
			timer = new RetryTimer(this.context.executor(), this::retryDue);
			this.retryTimer = timer;
		}
		timer.start(delay, wakeLock(), this.core.id());
	}

	/**
	 * There is no other attempt before the application asks for one. What {@code send()}
	 * was given fails, once the application knows.
	 */
	void giveUp() {
		StreamFailure failure = this.life.lastFailure();
		List<CompletableFuture<Long>> messages = this.tx.sends().giveUp();
		announce(StreamState.ALL_RETRIES_FAILED);
		if (!messages.isEmpty()) {
			SendFailedException failed = (failure != null) ? new SendFailedException(failure)
					: new SendFailedException("there is no connection, and no attempt is left", null);
			messages.forEach((message) -> message.completeExceptionally(failed));
		}
	}

	private void retryDue() {
		this.context.enter();
		try {
			if (this.phase.is(ConnectPhase.RETRY_WAIT)) {
				begin(true);
			}
		}
		finally {
			this.context.exit();
		}
	}

	/** Stops waiting for the next attempt. */
	void cancelRetry() {
		forgetHeld();
		RetryTimer timer = this.retryTimer;
		if (timer != null) {
			timer.cancel();
		}
	}

	/**
	 * The stream is connected, which alone does not make up for failures: of a
	 * transaction its answer does, of another connection that it has lasted as long as
	 * the wait before it.
	 */
	void connected() {
		if (this.retries.failures() > 0 && !this.tx.isTransactional()) {
			this.proof = this.context.executor().schedule(this.retries::reset, this.retries.delay());
		}
	}

	/** The connection or attempt is over. */
	void ended() {
		forgetHeld();
		StreamExecutor.Timer running = this.proof;
		if (running != null) {
			this.proof = null;
			running.cancel();
		}
	}

	/** Counts failures anew. */
	void forgetFailures() {
		ended();
		this.retries.reset();
	}

	/** From any thread. */
	int failures() {
		return this.retries.failures();
	}

	/** Where the attempt goes that is under way. */
	Target currentTarget() {
		Target aim = this.target;
		if (aim == null) {
			throw new IllegalStateException("no attempt is under way");
		}
		return aim;
	}

	/** What keeps the system awake for this stream. */
	WakeLock wakeLock() {
		return this.binding.policy().persistence().wakeForValidity() ? this.engine.settings().services().wakeLock()
				: WakeLock.NONE;
	}

	/** Where the last attempt went. */
	@Nullable Target target() {
		return this.target;
	}

	private void announce(StreamState next) {
		this.core.announce(next);
	}

}
