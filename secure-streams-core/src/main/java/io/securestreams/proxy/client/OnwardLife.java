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
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.wire.ConnState;

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

	private final OnwardStates states;

	private final OnwardFailures failures = new OnwardFailures();

	private OnwardPhase phase = OnwardPhase.IDLE;

	private volatile OnwardKind kind;

	private boolean draining;

	private StreamExecutor.@Nullable Timer settling;

	OnwardLife(StreamCore core, OnwardKind kind, UpstreamLink link, OnwardTransport transport, MetadataUpdates metadata,
			RemoteTimeout timeout) {
		this.core = core;
		this.kind = kind;
		this.requests = core.requests();
		this.announcer = core.announcer();
		this.tx = core.tx();
		this.link = link;
		this.transport = transport;
		this.metadata = metadata;
		this.timeout = timeout;
		this.request = new OnwardRequest(core, link, metadata);
		this.states = new OnwardStates(core, link, transport, metadata, timeout, this);
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

	OnwardStates states() {
		return this.states;
	}

	/** From any thread. */
	OnwardKind kind() {
		return this.kind;
	}

	/** A transaction has been seen to end. */
	void learnt() {
		this.kind = OnwardKind.TRANSACTIONS;
	}

	OnwardFailures failures() {
		return this.failures;
	}

	void enter(OnwardPhase next) {
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
		if (told.isKnown() && !this.kind.isSystemMessages()) {
			this.kind = told;
		}
	}

	/** Asks the proxy for a connection, now or as soon as there is a link. */
	void ask() {
		if (this.draining || !this.phase.isFree()) {
			return;
		}
		stopSettling();
		if (is(OnwardPhase.LOST) && !this.kind.repeatable()) {
			abandon();
		}
		this.states.asked();
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
		boolean first = this.failures.count() == 0;
		boolean wanted = this.request.isWanted();
		this.failures.failed(failure);
		if (first || wanted) {
			giveUp();
		}
	}

	/** The proxy has the stream no longer, for what has been asked of it. */
	void revoked(StreamFailure failure) {
		boolean first = this.failures.count() == 0 && is(OnwardPhase.IDLE);
		linkLost(failure);
		if ((first || this.request.isWanted()) && !this.core.isDestroyed() && !this.requests.interrupted()) {
			giveUp();
		}
	}

	/** An attempt at a link has failed. */
	void retrying(StreamFailure failure, long millis) {
		this.failures.failed(failure);
		this.announcer.announce(StreamState.UPSTREAM_LINK_RETRY, millis);
	}

	/** What would break the rules is the proxy's defect, which ends here. */
	void announce(StreamState state, long ordinal) {
		if (this.announcer.allows(state)) {
			this.announcer.announce(state, ordinal);
		}
		else {
			log.debug("[{}] {} of the proxy is out of place", this.core.id(), state);
		}
	}

	/** The transaction is over, and that is no loss. */
	void completed() {
		this.core.cancelTimeout();
		this.timeout.over();
		int next = (this.tx.completed() ? Requests.SEND : 0) | (this.request.again() ? Requests.CONNECT : 0);
		this.transport.shut();
		if (!this.kind.isKnown()) {
			this.transport.handovers().lost(report("the transaction has ended"));
		}
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
	void lost(StreamFailure failure) {
		this.failures.failed(failure);
		interrupted();
		enter(OnwardPhase.LOST);
		announce(StreamState.DISCONNECTED, 0);
		settle();
	}

	/**
	 * What was being sent is cut off. Nothing of it is repeated, unless it is known to do
	 * no harm.
	 */
	void interrupted() {
		this.transport.shut();
		this.transport.handovers().lost(this.failures.last());
		this.tx.connectionLost(this.kind.transactional());
	}

	void settle() {
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
				enter(OnwardPhase.IDLE);
				abandon();
				if (this.request.isWanted()) {
					ask();
				}
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	/** What the lost transaction carried is not going out again. */
	private void abandon() {
		CompletableFuture<Long> abandoned = this.tx.abandon();
		if (abandoned != null) {
			abandoned.completeExceptionally(this.failures.toSendFailure());
		}
	}

	void stopSettling() {
		StreamExecutor.Timer running = this.settling;
		this.settling = null;
		if (running != null) {
			running.cancel();
		}
	}

	/**
	 * There is no other attempt before the application asks for one. What {@code send()}
	 * was given fails, once the application knows.
	 */
	void giveUp() {
		stopSettling();
		this.request.exhausted();
		enter(OnwardPhase.IDLE);
		List<CompletableFuture<Long>> messages = this.tx.sends().giveUp();
		SendFailedException failure = this.failures.toSendFailure();
		announce(StreamState.ALL_RETRIES_FAILED, 0);
		messages.forEach((message) -> message.completeExceptionally(failure));
	}

	/** The link is gone, and the proxy's part of the stream with it. */
	void linkLost(StreamFailure failure) {
		this.transport.restart();
		this.timeout.linkLost();
		stopSettling();
		OnwardPhase was = this.phase;
		if (was == OnwardPhase.CONNECTED && this.tx.isAnswered() && this.kind.transactional()) {
			// What the connection was for is done
			completed();
			return;
		}
		this.failures.failed(failure);
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
			CompletableFuture<Long> abandoned = this.tx.abandon();
			giveUp();
			if (abandoned != null) {
				abandoned.completeExceptionally(this.failures.toSendFailure());
			}
		}
	}

	/** The application wants no connection; the link has been closed for that. */
	void disconnect(StreamFailure failure) {
		this.transport.restart();
		OnwardPhase was = this.phase;
		stopSettling();
		this.timeout.over();
		this.failures.last(failure);
		interrupted();
		CompletableFuture<Long> abandoned = this.tx.takeVoided();
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

	StreamFailure report(String message) {
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
		this.transport.handovers().close(this.core.id());
		enter(OnwardPhase.CLOSED);
	}

}
