package io.securestreams.proxy.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.Announcer;
import io.securestreams.engine.stream.Requests;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.StreamCounters;
import io.securestreams.engine.stream.TxGate;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;

/**
 * The life of a proxied stream: what follows from the states that the proxy reports, and
 * from the end of the link. All of it runs inside the stream's context.
 */
final class OnwardLife {

	/** How long the proxy has to make up for a lost connection before it is asked to. */
	static final long SETTLE_MILLIS = 2000;

	private static final Logger log = LoggerFactory.getLogger(OnwardLife.class);

	private final StreamCore core;

	private final Requests requests;

	private final Announcer announcer;

	private final TxGate tx;

	private final UpstreamLink link;

	private final OnwardTransport transport;

	private final MetadataUpdates metadata;

	private final RemoteTimeout timeout;

	private final OnwardRequest request;

	private OnwardPhase phase = OnwardPhase.IDLE;

	private volatile OnwardKind kind = OnwardKind.UNKNOWN;

	private boolean draining;

	/** Some proxies report an attempt's failure after that of all of them. */
	private boolean unreachableMayFollow;

	private StreamExecutor.@Nullable Timer settling;

	private volatile int failures;

	private volatile @Nullable StreamFailure lastFailure;

	OnwardLife(StreamCore core, UpstreamLink link, OnwardTransport transport, MetadataUpdates metadata,
			RemoteTimeout timeout) {
		this.core = core;
		this.requests = core.requests();
		this.announcer = core.announcer();
		this.tx = core.tx();
		this.link = link;
		this.transport = transport;
		this.metadata = metadata;
		this.timeout = timeout;
		this.request = new OnwardRequest(core, link, metadata);
	}

	OnwardPhase phase() {
		return this.phase;
	}

	boolean is(OnwardPhase current) {
		return this.phase == current;
	}

	OnwardRequest request() {
		return this.request;
	}

	/** From any thread. */
	OnwardKind kind() {
		return this.kind;
	}

	/** From any thread. */
	int failures() {
		return this.failures;
	}

	/** From any thread. */
	@Nullable StreamFailure lastFailure() {
		return this.lastFailure;
	}

	private void enter(OnwardPhase next) {
		if (this.phase == next) {
			return;
		}
		if (!this.phase.allows(next)) {
			throw new IllegalStateException("[" + this.core.id() + "] " + next + " must not follow " + this.phase);
		}
		this.phase = next;
	}

	/** The proxy has said what it speaks. */
	void spoken(OnwardKind told) {
		if (told.isKnown()) {
			this.kind = told;
		}
	}

	/** Asks the proxy for a connection, now or as soon as there is a link. */
	void ask() {
		if (this.draining || !this.phase.isFree()) {
			return;
		}
		stopSettling();
		this.unreachableMayFollow = false;
		if (this.request.send(this.kind)) {
			enter(OnwardPhase.ASKED);
		}
	}

	/** The proxy has the stream. */
	void created() {
		this.timeout.linkUp();
		this.metadata.write();
		if (this.request.isWanted()) {
			ask();
		}
	}

	/** The proxy does not have the stream. */
	void refused(StreamFailure failure) {
		boolean first = this.failures == 0;
		boolean wanted = this.request.isWanted();
		failed(failure);
		if (first || wanted) {
			giveUp();
		}
	}

	/** An attempt at a link has failed. */
	void retrying(StreamFailure failure, long millis) {
		failed(failure);
		this.announcer.announce(StreamState.UPSTREAM_LINK_RETRY, millis);
	}

	private void failed(StreamFailure failure) {
		this.lastFailure = failure;
		this.failures++;
	}

	/**
	 * The proxy has reported a state.
	 * @param state the state
	 * @param ordinal what it is about
	 */
	void reported(StreamState state, long ordinal) {
		switch (state) {
			case POLL -> poll();
			case CONNECTING -> connecting();
			case CONNECTED -> connected();
			case DISCONNECTED -> disconnected();
			case UNREACHABLE, AUTH_FAILED -> unreachable(state, ordinal);
			case ALL_RETRIES_FAILED -> allRetriesFailed();
			case QOS_ACK_REMOTE, QOS_NACK_REMOTE -> answered(state);
			case QOS_ACK_LOCAL, QOS_NACK_LOCAL -> announce(state, ordinal);
			case TIMEOUT -> {
				this.timeout.over();
				announce(state, 0);
			}
			// What a client's stream does not do, or what is said here and not there
			default -> log.debug("[{}] {} of the proxy is not passed on", this.core.id(), state);
		}
	}

	/** What would break the rules is the proxy's defect, which ends here. */
	private void announce(StreamState state, long ordinal) {
		if (this.announcer.allows(state)) {
			this.announcer.announce(state, ordinal);
		}
		else {
			log.debug("[{}] {} of the proxy is out of place", this.core.id(), state);
		}
	}

	private void poll() {
		if (is(OnwardPhase.CONNECTED)) {
			lost(report("the proxy connects again"));
		}
		announce(StreamState.POLL, 0);
	}

	private void connecting() {
		if (is(OnwardPhase.CONNECTED)) {
			lost(report("the proxy connects again"));
		}
		else if (is(OnwardPhase.CONNECTING)) {
			interrupted();
		}
		if (this.requests.interrupted() || this.core.isDestroyed()) {
			return;
		}
		stopSettling();
		enter(OnwardPhase.CONNECTING);
		this.unreachableMayFollow = false;
		this.core.counters().add(StreamCounters.ATTEMPTS, 1);
		announce(StreamState.CONNECTING, 0);
		if (this.requests.interrupted()) {
			return;
		}
		this.transport.begin(this.kind);
		this.tx.begin(this.kind.transport());
		// Asked for in CONNECTING, it is meant for this attempt
		this.tx.request(this.requests.take(Requests.TX | Requests.LENGTH));
		this.core.rx().begin();
		this.core.metadata().forgetReceived();
		this.metadata.forget();
		this.metadata.write();
		this.core.arm();
	}

	private void connected() {
		if (is(OnwardPhase.CONNECTED)) {
			return;
		}
		if (!is(OnwardPhase.CONNECTING)) {
			connecting();
		}
		if (this.requests.interrupted() || !is(OnwardPhase.CONNECTING)) {
			return;
		}
		enter(OnwardPhase.CONNECTED);
		this.lastFailure = null;
		this.failures = 0;
		this.core.counters().add(StreamCounters.CONNECTIONS, 1);
		this.core.announce(StreamState.CONNECTED);
		this.transport.open();
		this.metadata.write();
		this.core.applyPause();
		this.core.arm();
	}

	/**
	 * Makes up for a proxy that has skipped CONNECTED.
	 * @return whether the stream is connected and the application agrees
	 */
	boolean ensureConnected() {
		if (is(OnwardPhase.CONNECTING)) {
			connected();
		}
		return is(OnwardPhase.CONNECTED) && !this.requests.interrupted();
	}

	private void answered(StreamState answer) {
		if (!ensureConnected()) {
			return;
		}
		this.core.timeout().cancel();
		this.timeout.over();
		// Who waits for a message learns its ordinal before its answer is announced
		this.tx.answered();
		this.core.counters()
			.add((answer == StreamState.QOS_ACK_REMOTE) ? StreamCounters.ACKNOWLEDGED : StreamCounters.REJECTED, 1);
		announce(answer, this.transport.answered());
		destroyIfDrained();
	}

	private void disconnected() {
		if (is(OnwardPhase.CONNECTED)) {
			if (!this.kind.isKnown()) {
				boolean answered = this.announcer.isLast(StreamState.QOS_ACK_REMOTE)
						|| this.announcer.isLast(StreamState.QOS_NACK_REMOTE);
				this.kind = answered ? OnwardKind.TRANSACTIONS : this.kind;
			}
			if (this.tx.isAnswered() && this.kind.transactional()) {
				completed();
			}
			else {
				lost(report("the proxy has lost the connection"));
			}
		}
		else if (is(OnwardPhase.CONNECTING)) {
			interrupted();
			enter(OnwardPhase.LOST);
			failed(report("the proxy has given the attempt up"));
			announce(StreamState.DISCONNECTED, 0);
			settle();
		}
	}

	/** The transaction is over, and that is no loss. */
	private void completed() {
		this.core.timeout().cancel();
		this.timeout.over();
		int next = (this.tx.completed() ? Requests.SEND : 0) | (this.request.again() ? Requests.CONNECT : 0);
		this.transport.shut();
		enter(OnwardPhase.IDLE);
		announce(StreamState.DISCONNECTED, 0);
		if (this.draining) {
			this.core.destroy();
		}
		else if (!this.requests.interrupted() && !this.requests.has(Requests.CONNECT)) {
			this.requests.add(next);
		}
	}

	/** A connection has been lost; the proxy knows whether there is to be another. */
	private void lost(StreamFailure failure) {
		failed(failure);
		interrupted();
		enter(OnwardPhase.LOST);
		announce(StreamState.DISCONNECTED, 0);
		settle();
	}

	/**
	 * What was being sent is cut off. Nothing of it is repeated, unless it is known to do
	 * no harm.
	 */
	private void interrupted() {
		this.transport.shut();
		this.tx.connectionLost(this.kind.transactional());
	}

	private void settle() {
		if (this.draining) {
			this.core.destroy();
			return;
		}
		stopSettling();
		this.settling = this.core.context().executor().schedule(this::settled, SETTLE_MILLIS);
	}

	private void settled() {
		this.settling = null;
		this.core.context().enter();
		try {
			if (is(OnwardPhase.LOST)) {
				CompletableFuture<Long> abandoned = this.tx.abandon();
				enter(OnwardPhase.IDLE);
				if (abandoned != null) {
					abandoned.completeExceptionally(sendFailed());
				}
				if (this.request.isWanted()) {
					ask();
				}
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	private void stopSettling() {
		StreamExecutor.Timer running = this.settling;
		this.settling = null;
		if (running != null) {
			running.cancel();
		}
	}

	private void unreachable(StreamState state, long ordinal) {
		if (is(OnwardPhase.CONNECTED)) {
			if (state == StreamState.AUTH_FAILED) {
				announce(state, ordinal);
			}
			else {
				lost(report("the proxy has lost the connection"));
			}
			return;
		}
		if (this.unreachableMayFollow) {
			this.unreachableMayFollow = false;
			return;
		}
		if (is(OnwardPhase.ASKED)) {
			connecting();
		}
		if (is(OnwardPhase.CONNECTING)) {
			interrupted();
			enter(OnwardPhase.RETRYING);
			this.core.counters().add(StreamCounters.FAILURES, 1);
		}
		failed(StreamFailure.unsent(
				(state == StreamState.AUTH_FAILED) ? Phase.AUTH : (ordinal == 1) ? Phase.NAME_SERVER : Phase.CONNECT,
				"the proxy reports " + state, String.valueOf(this.link.peer()), null));
		announce(state, ordinal);
		destroyIfDrained();
	}

	private void allRetriesFailed() {
		if (is(OnwardPhase.CONNECTED)) {
			lost(report("the proxy has lost the connection"));
		}
		else if (is(OnwardPhase.CONNECTING)) {
			unreachable(StreamState.UNREACHABLE, 0);
			this.unreachableMayFollow = true;
		}
		if (!this.requests.interrupted() && !this.core.isDestroyed()) {
			giveUp();
		}
	}

	/**
	 * There is no other attempt before the application asks for one. What {@code send()}
	 * was given fails, once the application knows.
	 */
	private void giveUp() {
		stopSettling();
		this.request.exhausted();
		enter(OnwardPhase.IDLE);
		List<CompletableFuture<Long>> messages = this.tx.giveUp();
		SendFailedException failure = sendFailed();
		announce(StreamState.ALL_RETRIES_FAILED, 0);
		messages.forEach((message) -> message.completeExceptionally(failure));
	}

	/** The link is gone, and the proxy's part of the stream with it. */
	void linkLost(StreamFailure failure) {
		this.timeout.linkLost();
		stopSettling();
		OnwardPhase was = this.phase;
		if (was == OnwardPhase.CONNECTED && this.tx.isAnswered() && this.kind.transactional()) {
			// What the connection was for is done
			completed();
			return;
		}
		failed(failure);
		boolean repeatable = !this.kind.transactional() || this.kind.repeatable() || !was.isUp();
		interrupted();
		this.request.linkLost(this.kind, was);
		enter(OnwardPhase.IDLE);
		if (was == OnwardPhase.CONNECTED) {
			announce(StreamState.DISCONNECTED, 0);
		}
		else if (was == OnwardPhase.CONNECTING) {
			this.core.counters().add(StreamCounters.FAILURES, 1);
			announce(StreamState.UNREACHABLE, 0);
		}
		if (this.draining) {
			this.core.destroy();
		}
		else if (!repeatable && !this.requests.interrupted()) {
			// What the peer may have processed is not repeated
			giveUp();
		}
	}

	/** The application wants no connection; the link has been closed for that. */
	void disconnect(StreamFailure failure) {
		OnwardPhase was = this.phase;
		stopSettling();
		this.timeout.over();
		this.lastFailure = failure;
		interrupted();
		CompletableFuture<Long> abandoned = this.tx.abandon();
		enter(OnwardPhase.IDLE);
		if (was == OnwardPhase.CONNECTED) {
			announce(StreamState.DISCONNECTED, 0);
		}
		else if (was == OnwardPhase.CONNECTING) {
			announce(StreamState.UNREACHABLE, 0);
		}
		if (abandoned != null) {
			abandoned.completeExceptionally(new SendFailedException(failure));
		}
	}

	private SendFailedException sendFailed() {
		StreamFailure failure = this.lastFailure;
		return (failure != null) ? new SendFailedException(failure)
				: new SendFailedException("the proxy has no connection, and makes no other attempt", null);
	}

	private StreamFailure report(String message) {
		return StreamFailure.sent(Phase.CONNECTION, message, String.valueOf(this.link.peer()), null);
	}

	/** What is going on may finish, and then the stream ends. */
	void drain() {
		this.draining = true;
		if (is(OnwardPhase.CONNECTED) && !this.kind.isKnown() && !this.tx.isAnswered()) {
			// It may be a transaction
			this.core.context().executor().schedule(this::drained, SETTLE_MILLIS);
			return;
		}
		destroyIfDrained();
	}

	private void drained() {
		this.core.context().enter();
		try {
			this.core.destroy();
		}
		finally {
			this.core.context().exit();
		}
	}

	/** A transaction may finish, and so may what {@code send()} was given. */
	void destroyIfDrained() {
		if (!this.draining) {
			return;
		}
		boolean transaction = this.kind.transactional() || !this.kind.isKnown();
		boolean busy = (this.phase.isUp() && transaction) || (is(OnwardPhase.CONNECTED) && this.tx.isSending());
		if (!busy) {
			this.core.destroy();
		}
	}

	void end() {
		stopSettling();
		this.transport.shut();
		enter(OnwardPhase.CLOSED);
	}

}
