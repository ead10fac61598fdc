package io.securestreams.engine.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.stream.Fulfilment;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;

import static io.securestreams.engine.local.ConnectPhase.CONNECTED;
import static io.securestreams.engine.local.ConnectPhase.CONNECTING;
import static io.securestreams.engine.local.ConnectPhase.IDLE;

/**
 * The life of one stream: the phase it is in, and what follows from a report. Reports
 * come from {@link StreamReports}, requests from {@link PolicyFulfilment}; connections
 * are made by {@link ConnectAttempts}. All of it runs inside the stream's context.
 */
abstract class StreamLife extends CurrentPhase implements Fulfilment {

	private static final Logger log = LoggerFactory.getLogger(StreamLife.class);

	private static final VarHandle LAST_ANSWER;

	static {
		try {
			LAST_ANSWER = MethodHandles.lookup().findVarHandle(StreamLife.class, "lastAnswer", HttpAnswer.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final StreamCore core;

	private final Binding binding;

	/** With the first use: a stream that came with its connection makes none. */
	private @Nullable ConnectAttempts attempts;

	/** The application has asked to connect while a complete transaction was ending. */
	private boolean connectAgain;

	/** What is going on may finish, and then the stream ends. */
	private boolean draining;

	/** The application has been told of an upgrade, which has not been answered. */
	private boolean upgrading;

	private volatile @Nullable String peer;

	private volatile @Nullable StreamFailure lastFailure;

	/** Read by any thread. */
	private @Nullable HttpAnswer lastAnswer;

	StreamLife(StreamCore core, Binding binding) {
		this.core = core;
		this.binding = binding;
	}

	@Override
	final String id() {
		return this.core.id();
	}

	@Override
	final boolean isStrict() {
		return this.binding.engine().settings().strict();
	}

	final StreamCore core() {
		return this.core;
	}

	final Binding binding() {
		return this.binding;
	}

	final CurrentPhase phase() {
		return this;
	}

	final ConnectAttempts attempts() {
		ConnectAttempts known = this.attempts;
		if (known == null) {
			known = new ConnectAttempts(this, this.binding.engine(), this.core, this.binding);
			this.attempts = known;
		}
		return known;
	}

	@Override
	public final int retryCount() {
		ConnectAttempts known = this.attempts;
		return (known != null) ? known.failures() : 0;
	}

	/** Where the last attempt went. */
	final @Nullable Target lastTarget() {
		return (this.attempts != null) ? this.attempts.target() : null;
	}

	/** Counts failed attempts anew. */
	final void forgetFailures() {
		if (this.attempts != null) {
			this.attempts.forgetFailures();
		}
	}

	/** The connection or attempt is over. */
	private void attemptEnded() {
		if (this.attempts != null) {
			this.attempts.ended();
		}
	}

	/** There is to be no other attempt, unless the application asks for one. */
	final void cancelAttempts() {
		if (this.attempts != null) {
			this.attempts.cancelRetry();
			this.attempts.ended();
			this.attempts.caughtUp();
		}
	}

	/** Attempts need not wait for the application any more. */
	final void resumeAttempts() {
		if (this.attempts != null) {
			this.attempts.resume();
		}
	}

	/** The application asks for what it may be keeping from going on. */
	final void hurryAttempts() {
		if (this.attempts != null) {
			this.attempts.hurry();
		}
	}

	/** The stream as its transport sees it. */
	abstract ClientLink link();

	final boolean isDraining() {
		return this.draining;
	}

	final void startDraining() {
		this.draining = true;
	}

	/** From the middle of a transaction's end the application may ask for the next. */
	final void connectAgain(boolean wanted) {
		this.connectAgain = wanted;
	}

	final boolean isUpgrading() {
		return this.upgrading;
	}

	/** The application has answered, or cannot any more. */
	final void upgradeAnswered() {
		this.upgrading = false;
	}

	/** The connection is usable. */
	final void established(String address) {
		if (!is(CONNECTING)) {
			log.debug("[{}] the transport has connected twice", this.core.id());
			return;
		}
		enter(CONNECTED);
		peer(address);
		if (this.attempts != null) {
			this.attempts.connected();
		}
		lastFailure(null);
		this.core.counters().add(StreamCounters.CONNECTIONS, 1);
		this.core.announce(StreamState.CONNECTED);
		this.core.applyPause();
		this.core.arm();
	}

	/**
	 * Makes up for a transport that has skipped {@code connected}.
	 * @return whether the stream is connected and the application agrees
	 */
	final boolean ensureConnected() {
		if (is(CONNECTING)) {
			Target aim = lastTarget();
			String known = this.peer;
			established((known != null) ? known : (aim != null) ? aim.address().toString() : "");
		}
		return is(CONNECTED) && !this.core.requests().interrupted();
	}

	/**
	 * A response code stands for a user state. The numbers of our own states are refused:
	 * a policy must not be able to fake a life cycle.
	 */
	final void announceUserState(int userState) {
		if (userState < StreamState.FIRST_USER_STATE) {
			log.warn("[{}] http_resp_map: {} is no user state (expected: at least {})", this.core.id(), userState,
					StreamState.FIRST_USER_STATE);
			return;
		}
		this.core.announcer().userState(userState);
	}

	/** Server: a request has arrived. */
	final void announceTransaction() {
		this.core.announce(StreamState.SERVER_TXN);
		this.core.arm();
	}

	/** Server: the connection becomes a WebSocket. */
	final void announceUpgrade() {
		this.upgrading = true;
		this.core.announce(StreamState.SERVER_UPGRADE);
	}

	/** A request has left that nothing can be added to. */
	final void requestLeft() {
		this.core.tx().bodyless();
	}

	/** The peer has accepted or rejected something. */
	final void announceAnswer(StreamState answer, long ordinal) {
		this.core.cancelTimeout();
		forgetFailures();
		// Who waits for a message learns its ordinal before its answer is announced
		this.core.tx().answered();
		this.core.counters()
			.add((answer == StreamState.QOS_ACK_REMOTE) ? StreamCounters.ACKNOWLEDGED : StreamCounters.REJECTED, 1);
		this.core.announcer().announce(answer, ordinal);
		destroyIfDrained();
	}

	/** The transaction is over, and that is no loss. */
	final void transactionOver() {
		if (!this.core.tx().isAnswered()) {
			this.core.cancelTimeout();
		}
		forgetFailures();
		int next = (this.core.tx().completed() ? Requests.SEND : 0) | (this.connectAgain ? Requests.CONNECT : 0);
		this.connectAgain = false;
		enter(IDLE);
		this.core.announce(StreamState.DISCONNECTED);
		if (isGiven() || this.draining) {
			this.core.destroy();
		}
		else if (carriesOn()) {
			this.core.requests().add(next);
		}
	}

	/**
	 * A connection or attempt has ended.
	 * @param failure why
	 * @param mayRetry whether the policy decides what happens next
	 */
	final void lost(StreamFailure failure, boolean mayRetry) {
		log.debug("[{}] {}", this.core.id(), failure);
		this.lastFailure = failure;
		this.core.rx().clear();
		boolean wasConnected = is(CONNECTED);
		if (wasConnected && mayRetry && this.core.tx().isOverAfterAnswer()) {
			// What the connection was for is done
			transactionOver();
			return;
		}
		enter(IDLE);
		attemptEnded();
		this.core.tx().connectionLost();
		if (isGiven()) {
			CompletableFuture<Long> unsent = this.core.tx().abandon();
			if (wasConnected) {
				this.core.announce(StreamState.DISCONNECTED);
			}
			if (unsent != null) {
				unsent.completeExceptionally(new SendFailedException(failure));
			}
			this.core.destroy();
			return;
		}
		boolean retry = mayRetry && !this.draining;
		// What the peer may have processed is not repeated, unless that does no harm
		boolean mayRepeat = failure.unsent() || failure.repeatable() || !this.core.tx().isTransactional();
		if (wasConnected) {
			// Messages that were given to send() are something to connect for
			retry = retry && (!this.binding.policy().persistence().opportunistic() || this.core.tx().isSending());
		}
		CompletableFuture<Long> abandoned = !mayRetry ? this.core.tx().takeVoided()
				: (retry && mayRepeat) ? null : this.core.tx().abandon();
		if (wasConnected) {
			if (!retry || !this.core.tx().isTransactional()) {
				this.core.cancelTimeout();
			}
			if (failure.phase() == Phase.AUTH) {
				this.core.announce(StreamState.AUTH_FAILED);
			}
			this.core.announce(StreamState.DISCONNECTED);
		}
		else {
			this.core.counters().add(StreamCounters.FAILURES, 1);
			unreachable(failure.phase());
		}
		if (this.draining) {
			this.core.destroy();
		}
		else if (retry && carriesOn()) {
			if (mayRepeat) {
				attempts().retryOrGiveUp(failure.retryAfter());
			}
			else {
				attempts().giveUp();
			}
		}
		if (abandoned != null) {
			abandoned.completeExceptionally(new SendFailedException(failure));
		}
	}

	/** Credentials that the peer does not accept have a state of their own. */
	private void unreachable(Phase during) {
		if (during == Phase.AUTH) {
			this.core.announce(StreamState.AUTH_FAILED);
		}
		else {
			this.core.announcer().announce(StreamState.UNREACHABLE, (during == Phase.NAME_SERVER) ? 1 : 0);
		}
	}

	/** Whether the application has left it to us what happens next. */
	final boolean carriesOn() {
		return !this.core.requests().stopped() && !this.core.requests().has(Requests.CONNECT);
	}

	/** A client's transaction may finish, and so may what {@code send()} was given. */
	final void destroyIfDrained() {
		if (!this.draining || isGiven()) {
			return;
		}
		boolean busy = isUp()
				&& (this.core.tx().isTransactional() || (is(CONNECTED) && this.core.tx().isSending()) || isInFlight());
		if (!busy) {
			this.core.destroy();
		}
	}

	@Override
	public final @Nullable String peer() {
		return this.peer;
	}

	final void peer(String address) {
		if (!address.equals(this.peer)) {
			this.peer = address;
		}
	}

	@Override
	public final @Nullable StreamFailure lastFailure() {
		return this.lastFailure;
	}

	final void lastFailure(@Nullable StreamFailure failure) {
		if (failure != null || this.lastFailure != null) {
			this.lastFailure = failure;
		}
	}

	@Override
	public final @Nullable HttpAnswer lastAnswer() {
		return (HttpAnswer) LAST_ANSWER.getAcquire(this);
	}

	/** An answer has arrived, or with {@code null} none is there yet. */
	final void lastAnswer(@Nullable HttpAnswer answer) {
		LAST_ANSWER.setRelease(this, answer);
	}

}
